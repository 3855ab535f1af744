-- Tests and loops over every short distance, forward and back.

local function body(n) return ("count = count + 1; "):rep(n) end

local conditions = { "x", "not x", "x == 1", "x ~= 1", "x < 2", "x <= 2", "2 > x and x", "x + 0 == 1", "x == 'no'", "x and y or z" }
for _, condition in ipairs(conditions) do
  local results = {}
  for n = 0, 40 do
    local text = "local x, y, z = ... local count = 0 for i = 1, 3 do if " .. condition .. " then " .. body(n)
      .. " else count = count + 1000 end " .. body(n % 3) .. " end return count"
    local f = assert(loadstring(text))
    local ok, first = pcall(f, 1, 2, 3)
    local ok2, second = pcall(f, nil, 2, false)
    results[#results + 1] = tostring(first) .. (ok2 and tostring(second) or "error")
  end
  print(condition, table.concat(results, " "))
end

for n = 0, 12 do
  local f = assert(loadstring([[
    local limit, count, turns = ..., 0, 0
    for i = 1, limit do
      for j = i, limit do ]] .. body(n) .. [[ turns = turns + 1 end
      local k = 0
      while k < i do k = k + 1 ]] .. body(n) .. [[ end
      repeat k = k - 1 ]] .. body(n) .. [[ until k <= 0
      for j = limit, i, -1 do ]] .. body(n) .. [[ end
      for key, value in pairs({ 1, 2, x = i }) do ]] .. body(n) .. [[ turns = turns + value end
    end
    return count, turns
  ]]))
  print(n, f(0), f(1), f(2), f(7))
end
