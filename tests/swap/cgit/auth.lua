-- An authentication filter: cgit asks it to authenticate a POST, to check a cookie, and for the page that asks.
local action, http = nil, {}
local known = { ada = "secret" }

local actions = {}
actions["authenticate-post"] = function()
  html("Status: 302 Redirect\n")
  html("Cache-Control: no-cache, no-store\n")
  if known[http.post.user] == http.post.password then html("Set-Cookie: pass=" .. http.post.user .. "\n") end
  html("Location: " .. http.referer .. "\n\n")
  return 0
end
actions["authenticate-cookie"] = function()
  return http.cookie == "pass=ada" and 1 or 0
end
actions["body"] = function()
  html "<h2>Who are you?</h2><form method='post' action='"
  html_attr(http.login)
  html "'><input name='user' /><input type='password' name='password' /></form>"
  return 0
end

function filter_open(...)
  action = ...
  for i, name in ipairs { "cookie", "method", "query", "referer", "path", "host", "https", "repo", "page", "url", "login" } do http[name] = select(i + 1, ...) end
end

function filter_write(text)
  http.post = {}
  for k, v in text:gmatch "([^&=]+)=([^&=]*)" do http.post[k] = v:gsub("+", " "):gsub("%%(%x%x)", function(h) return string.char(tonumber(h, 16)) end) end
end

function filter_close() return actions[action]() end
