-- Random sequences of table operations: the traversal order, the border and the values after each stretch.
-- The collector is stopped within a case: when it runs, it takes removed keys out of their place, so that the order of the
-- traversal after a new insertion would depend on the collector's pace.
local R = dofile("support/rnd.lua")
local function keyOf(kind)
  if kind == 1 then return R.int(40)
  elseif kind == 2 then return "k" .. R.int(60)
  elseif kind == 3 then return R.int(2000) - 1000
  elseif kind == 4 then return R.int(50) / 4
  elseif kind == 5 then return R.chance(50)
  elseif kind == 6 then return 2 ^ R.int(60)
  elseif kind == 7 then return ("long key "):rep(R.int(12)) .. R.int(9)
  else return R.int(8) end
end
local function dump(t)
  local out = {}
  for k, v in pairs(t) do out[#out + 1] = tostring(k) .. "=" .. tostring(v) end
  return table.concat(out, " ")
end
for case = 1, 400 do
  collectgarbage("restart")
  collectgarbage()
  collectgarbage("stop")
  R.seed(case)
  local kinds = {}
  for i = 1, R.int(4) do kinds[i] = R.int(8) end
  local t = R.chance(30) and { 1, 2, 3, n = 4 } or R.chance(20) and loadstring("return {" .. ("0,"):rep(R.int(70)) .. ("x" .. R.int(9) .. "=1,"):rep(R.int(3)) .. "}")() or {}
  local parts = {}
  for step = 1, R.int(6) do
    for i = 1, R.int(60) do
      local op = R.int(20)
      local k = keyOf(R.pick(kinds))
      if op <= 11 then t[k] = i
      elseif op <= 15 then t[k] = nil
      elseif op == 16 then table.insert(t, i)
      elseif op == 17 then table.remove(t)
      elseif op == 18 then if #t > 0 then table.insert(t, R.int(#t), i) end
      elseif op == 19 then if #t > 0 then table.remove(t, R.int(#t)) end
      else local next_, n = next(t) if next_ ~= nil then t[next_] = nil end end
    end
    if R.chance(15) then for k in pairs(t) do if R.chance(50) then t[k] = nil end end end
    parts[#parts + 1] = #t .. " " .. table.maxn(t) .. " " .. dump(t)
  end
  local all = table.concat(parts, "\n")
  print(case, R.checksum(all), case % 40 == 0 and parts[#parts] or "")
end
collectgarbage("restart")
-- sort with ties, and with random comparison results (any permutation or the error must be the same)
for case = 1, 200 do
  R.seed(case + 1000)
  local t, calls = {}, {}
  for i = 1, R.int(60) do t[i] = { R.int(12), i } end
  local mode = R.int(4)
  local ok, e = pcall(table.sort, t, function(a, b)
    calls[#calls + 1] = a[2] .. "<" .. b[2]
    if mode == 1 then return a[1] < b[1] elseif mode == 2 then return a[1] > b[1] elseif mode == 3 then return a[1] <= b[1] end
    if #calls > 5000 then error("enough", 0) end
    return R.chance(50)
  end)
  local order = {}
  for i, v in ipairs(t) do order[i] = v[2] end
  print(case, mode, ok, ok or e, R.checksum(table.concat(calls, " ")), R.checksum(table.concat(order, " ")))
end
