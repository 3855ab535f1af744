-- An application for uWSGI's Lua plugin: WSAPI (run returns status, headers and an iterator of the body), sessions in the
-- server's cache, a signal handler, background timers' API, errors in every place.
local requests, log = 0, {}
local routes = {}

function routes.hello(env)
  return 200, { ["Content-Type"] = "text/plain", ["X-Number"] = tostring(requests) }, coroutine.wrap(function()
    coroutine.yield "Hello, "
    coroutine.yield(env.QUERY_STRING:match "name=(%w+)" or "nobody")
    coroutine.yield "!\n"
  end)
end

function routes.env(env)
  local names = {}
  for k, v in pairs(env) do if type(v) == "string" and k:match "^HTTP_" or k == "REQUEST_METHOD" or k == "PATH_INFO" then names[#names + 1] = k .. "=" .. v end end
  table.sort(names)
  return 200, { ["Content-Type"] = "text/plain", ["Set-Cookie"] = { "a=1", "b=2" } }, coroutine.wrap(function() for _, n in ipairs(names) do coroutine.yield(n .. "\n") end end)
end

function routes.post(env)
  local body = env.input:read(tonumber(env.CONTENT_LENGTH))
  local counts, out = {}, {}
  for word in body:gmatch "%w+" do counts[word] = (counts[word] or 0) + 1 end
  for word, n in pairs(counts) do out[#out + 1] = word .. "=" .. n end
  table.sort(out)
  return 201, {}, coroutine.wrap(function() for _, line in ipairs(out) do coroutine.yield(line .. "\n") end end)
end

function routes.cache(env)
  local key = env.QUERY_STRING
  local value = uwsgi.cache_get(key)
  if value then uwsgi.cache_update(key, value .. "+") else uwsgi.cache_set(key, "first") end
  local answer = tostring(value) .. " " .. tostring(uwsgi.cache_get(key)) .. " " .. tostring(uwsgi.cache_exists(key)) .. "\n"
  return 200, {}, coroutine.wrap(function() coroutine.yield(answer) end)
end

function routes.big()
  return 200, { ["Content-Type"] = "application/octet-stream" }, coroutine.wrap(function() for n = 1, 2000 do coroutine.yield(("%05d "):format(n):rep(20) .. "\n") end end)
end

function routes.uwsgi()
  local t = {}
  for k, v in pairs(uwsgi) do t[#t + 1] = k .. ":" .. type(v) end
  table.sort(t)
  return 200, {}, coroutine.wrap(function() for _, k in ipairs(t) do coroutine.yield(k .. "\n") end coroutine.yield(uwsgi.workers()[1].id .. "\n") end)
end

function routes.fail() local nothing return nothing.field end
function routes.failbody() return 200, {}, coroutine.wrap(function() coroutine.yield "so far\n" error { "a table" } end) end
function routes.none() return 204, {}, coroutine.wrap(function() end) end

function routes.memory()
  local before = collectgarbage "count"
  for i = 1, 200 do local t = {} for j = 1, 200 do t[j] = { j } end end
  collectgarbage()
  return 200, {}, coroutine.wrap(function() coroutine.yield(collectgarbage "count" < before + 1000 and "kept within\n" or "grown\n") end)
end

function run(env)
  requests = requests + 1
  log[#log + 1] = env.PATH_INFO
  local route = routes[env.PATH_INFO:match "^/(%w*)"]
  if not route then
    return 404, { ["Content-Type"] = "text/plain" }, coroutine.wrap(function() coroutine.yield("no " .. env.PATH_INFO .. " after " .. table.concat(log, ",") .. "\n") end)
  end
  return route(env)
end
print("loaded", _VERSION, type(uwsgi))
return run
