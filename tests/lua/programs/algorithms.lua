-- Queens, a maze of recursion, permutations, sudoku, knapsack, edit distance, sorting by several methods, primes, gcd.
local function queens(n)
  local solutions, cols, d1, d2, row, first = 0, {}, {}, {}, {}, nil
  local function place(r)
    if r > n then solutions = solutions + 1 first = first or table.concat(row, " ") return end
    for c = 1, n do
      if not cols[c] and not d1[r + c] and not d2[r - c + n] then
        cols[c], d1[r + c], d2[r - c + n], row[r] = true, true, true, c
        place(r + 1)
        cols[c], d1[r + c], d2[r - c + n] = nil, nil, nil
      end
    end
  end
  place(1)
  return solutions, first
end
for n = 1, 8 do print("queens", n, queens(n)) end

local function sudoku(text)
  local grid, i = {}, 0
  for c in text:gmatch("[%d.]") do grid[i] = c == "." and 0 or tonumber(c) i = i + 1 end
  local rows, columns, boxes = {}, {}, {}
  for k = 0, 8 do rows[k], columns[k], boxes[k] = {}, {}, {} end
  local function set(at, v, on) local r, c = math.floor(at / 9), at % 9 rows[r][v], columns[c][v], boxes[math.floor(r / 3) * 3 + math.floor(c / 3)][v] = on, on, on end
  for at = 0, 80 do if grid[at] > 0 then set(at, grid[at], true) end end
  local steps = 0
  local function solve()
    local best, choices
    for at = 0, 80 do
      if grid[at] == 0 then
        local r, c, list = math.floor(at / 9), at % 9, {}
        local b = math.floor(r / 3) * 3 + math.floor(c / 3)
        for v = 1, 9 do if not (rows[r][v] or columns[c][v] or boxes[b][v]) then list[#list + 1] = v end end
        if not best or #list < #choices then best, choices = at, list end
        if #list <= 1 then break end
      end
    end
    if not best then return true end
    for _, v in ipairs(choices) do
      steps = steps + 1
      grid[best] = v set(best, v, true)
      if solve() then return true end
      grid[best] = 0 set(best, v, nil)
    end
    return false
  end
  local solved = solve()
  local out = {}
  for r = 0, 8 do for c = 0, 8 do out[#out + 1] = grid[r * 9 + c] end out[#out + 1] = "\n" end
  return solved, steps, table.concat(out)
end
print(sudoku "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79")
print(sudoku "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..")
print((sudoku("12345678." .. "........9" .. ("."):rep(63))))

local seed = 7 local function random(n) seed = (seed * 16807) % 2147483647 return seed % n + 1 end
local sorts = {}
function sorts.bubble(t) for i = #t, 2, -1 do for j = 1, i - 1 do if t[j] > t[j + 1] then t[j], t[j + 1] = t[j + 1], t[j] end end end end
function sorts.insertion(t) for i = 2, #t do local v, j = t[i], i - 1 while j > 0 and t[j] > v do t[j + 1] = t[j] j = j - 1 end t[j + 1] = v end end
function sorts.selection(t) for i = 1, #t do local m = i for j = i + 1, #t do if t[j] < t[m] then m = j end end t[i], t[m] = t[m], t[i] end end
function sorts.quick(t, a, b) a, b = a or 1, b or #t if a < b then local p, i = t[b], a - 1 for j = a, b - 1 do if t[j] <= p then i = i + 1 t[i], t[j] = t[j], t[i] end end t[i + 1], t[b] = t[b], t[i + 1] sorts.quick(t, a, i) sorts.quick(t, i + 2, b) end end
function sorts.merge(t) if #t < 2 then return end local m, l, r = math.floor(#t / 2), {}, {} for i = 1, m do l[i] = t[i] end for i = m + 1, #t do r[i - m] = t[i] end sorts.merge(l) sorts.merge(r) local i, j = 1, 1 for k = 1, #t do if j > #r or i <= #l and l[i] <= r[j] then t[k] = l[i] i = i + 1 else t[k] = r[j] j = j + 1 end end end
function sorts.heap(t) local n = #t local function sift(i, n) local v = t[i] while 2 * i <= n do local c = 2 * i if c < n and t[c + 1] > t[c] then c = c + 1 end if t[c] <= v then break end t[i] = t[c] i = c end t[i] = v end for i = math.floor(n / 2), 1, -1 do sift(i, n) end for i = n, 2, -1 do t[1], t[i] = t[i], t[1] sift(1, i - 1) end end
function sorts.shell(t) local gap = math.floor(#t / 2) while gap > 0 do for i = gap + 1, #t do local v, j = t[i], i while j > gap and t[j - gap] > v do t[j] = t[j - gap] j = j - gap end t[j] = v end gap = math.floor(gap / 2) end end
sorts.library = table.sort
local names = {} for n in pairs(sorts) do names[#names + 1] = n end table.sort(names)
for _, name in ipairs(names) do seed = 7 local t = {} for i = 1, 200 do t[i] = random(1000) end sorts[name](t) for i = 2, 200 do assert(t[i - 1] <= t[i]) end print(name, t[1], t[100], t[200]) end

local function distance(a, b) local d = {} for i = 0, #a do d[i] = { [0] = i } end for j = 0, #b do d[0][j] = j end for i = 1, #a do for j = 1, #b do d[i][j] = math.min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a:byte(i) == b:byte(j) and 0 or 1)) end end return d[#a][#b] end
print(distance("kitten", "sitting"), distance("", "abc"), distance("intention", "execution"), distance(("ab"):rep(40), ("ba"):rep(40)))
local function knapsack(items, capacity) local best = {} for w = 0, capacity do best[w] = 0 end for _, it in ipairs(items) do for w = capacity, it[1], -1 do best[w] = math.max(best[w], best[w - it[1]] + it[2]) end end return best[capacity] end print(knapsack({ { 12, 4 }, { 2, 2 }, { 1, 1 }, { 4, 10 }, { 1, 2 } }, 15))
local function lcs(a, b) local t = {} for i = 0, #a do t[i] = {} for j = 0, #b do t[i][j] = "" end end for i = 1, #a do for j = 1, #b do if a:sub(i, i) == b:sub(j, j) then t[i][j] = t[i - 1][j - 1] .. a:sub(i, i) else t[i][j] = #t[i - 1][j] >= #t[i][j - 1] and t[i - 1][j] or t[i][j - 1] end end end return t[#a][#b] end print(lcs("AGGTABQQWE", "GXTXAYBWQE"))
local sieve, primes = {}, {} for i = 2, 2000 do if not sieve[i] then primes[#primes + 1] = i for j = i * i, 2000, i do sieve[j] = true end end end print(#primes, primes[#primes]) local function gcd(a, b) return b == 0 and a or gcd(b, a % b) end print(gcd(1071, 462), gcd(2 ^ 40, 6 ^ 10)) local function hanoi(n, a, b, c) return n == 0 and 0 or hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a) end print(hanoi(14, 1, 2, 3)) local collatz, longest, at = {}, 0, 0 collatz[1] = 1 local function chain(n) if not collatz[n] then collatz[n] = 1 + chain(n % 2 == 0 and n / 2 or 3 * n + 1) end return collatz[n] end for i = 1, 10000 do if chain(i) > longest then longest, at = chain(i), i end end print(longest, at)
local life, gens = {}, 0 for r = 1, 20 do life[r] = {} for c = 1, 40 do life[r][c] = random(3) == 1 end end for g = 1, 12 do local nextLife = {} for r = 1, 20 do nextLife[r] = {} for c = 1, 40 do local n = 0 for dr = -1, 1 do for dc = -1, 1 do if (dr ~= 0 or dc ~= 0) and life[(r + dr - 1) % 20 + 1][(c + dc - 1) % 40 + 1] then n = n + 1 end end end nextLife[r][c] = n == 3 or n == 2 and life[r][c] end end life = nextLife end for r = 1, 20 do local l = {} for c = 1, 40 do l[c] = life[r][c] and "O" or "." end print(table.concat(l)) end
