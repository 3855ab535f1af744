-- Mandelbrot text, matrices, big numbers, pi, integration, n-body, spectral norm, statistics.
for y = -1.2, 1.2, 0.15 do
  local row = {}
  for x = -2.1, 0.9, 0.05 do
    local zr, zi, n = 0, 0, 0
    while zr * zr + zi * zi < 4 and n < 60 do zr, zi, n = zr * zr - zi * zi + x, 2 * zr * zi + y, n + 1 end
    row[#row + 1] = n == 60 and "#" or (" .:-=+*%@"):sub(n % 9 + 1, n % 9 + 1)
  end
  print(table.concat(row))
end
local Matrix = {} Matrix.__index = Matrix
function Matrix.new(r, c, f) local m = setmetatable({ rows = r, columns = c }, Matrix) for i = 1, r do m[i] = {} for j = 1, c do m[i][j] = f(i, j) end end return m end
function Matrix.__mul(a, b) if type(b) == "number" then return Matrix.new(a.rows, a.columns, function(i, j) return a[i][j] * b end) end if a.columns ~= b.rows then error("shapes differ", 2) end return Matrix.new(a.rows, b.columns, function(i, j) local s = 0 for k = 1, a.columns do s = s + a[i][k] * b[k][j] end return s end) end
function Matrix.__add(a, b) return Matrix.new(a.rows, a.columns, function(i, j) return a[i][j] + b[i][j] end) end
function Matrix.__eq(a, b) for i = 1, a.rows do for j = 1, a.columns do if a[i][j] ~= b[i][j] then return false end end end return a.rows == b.rows end
function Matrix.__tostring(m) local out = {} for i = 1, m.rows do local r = {} for j = 1, m.columns do r[j] = ("%g"):format(m[i][j]) end out[i] = table.concat(r, " ") end return table.concat(out, "; ") end
function Matrix.__pow(m, n) if n == 0 then return Matrix.new(m.rows, m.columns, function(i, j) return i == j and 1 or 0 end) end local half = m ^ math.floor(n / 2) half = half * half return n % 2 == 1 and half * m or half end
function Matrix:transpose() return Matrix.new(self.columns, self.rows, function(i, j) return self[j][i] end) end
function Matrix:determinant() local m, d = Matrix.new(self.rows, self.columns, function(i, j) return self[i][j] end), 1 for i = 1, m.rows do local p = i for r = i, m.rows do if math.abs(m[r][i]) > math.abs(m[p][i]) then p = r end end if m[p][i] == 0 then return 0 end if p ~= i then m[p], m[i] = m[i], m[p] d = -d end d = d * m[i][i] for r = i + 1, m.rows do local f = m[r][i] / m[i][i] for c = i, m.columns do m[r][c] = m[r][c] - f * m[i][c] end end end return d end
local a, b = Matrix.new(2, 3, function(i, j) return i + j end), Matrix.new(3, 2, function(i, j) return i * j end) print(tostring(a * b), tostring(b * a), tostring(a:transpose()), tostring(a * 2), tostring(a + a), a == a:transpose():transpose()) print(tostring(Matrix.new(2, 2, function(i, j) return (i == 2 and j == 2) and 0 or 1 end) ^ 50)) print(("%.6g"):format(Matrix.new(6, 6, function(i, j) return 1 / (i + j - 1) end):determinant()), pcall(function() return a * a end)) local h = Matrix.new(40, 40, function(i, j) return (i * j) % 7 - 3 end) print(("%.10g"):format(h:determinant()), (h * h)[40][40])
-- big numbers: base 1e7, factorials, powers, fibonacci, comparison, division by small
local Big = {} Big.__index = Big local BASE, DIGITS = 1e7, 7
local function big(v) if type(v) == "table" then return v end v = tostring(v) local r = setmetatable({}, Big) for i = #v, 1, -DIGITS do r[#r + 1] = tonumber(v:sub(math.max(1, i - DIGITS + 1), i)) end return r end
local function trim(r) while #r > 1 and r[#r] == 0 do r[#r] = nil end return r end
function Big.__add(a, b) a, b = big(a), big(b) local r, carry = setmetatable({}, Big), 0 for i = 1, math.max(#a, #b) do local s = (a[i] or 0) + (b[i] or 0) + carry r[i] = s % BASE carry = math.floor(s / BASE) end if carry > 0 then r[#r + 1] = carry end return r end
function Big.__sub(a, b) a, b = big(a), big(b) local r, borrow = setmetatable({}, Big), 0 for i = 1, #a do local s = a[i] - (b[i] or 0) - borrow borrow = s < 0 and 1 or 0 r[i] = s % BASE end if borrow > 0 then error("negative", 2) end return trim(r) end
function Big.__mul(a, b) a, b = big(a), big(b) local r = setmetatable({}, Big) for i = 1, #a + #b do r[i] = 0 end for i = 1, #a do local carry = 0 for j = 1, #b do local s = a[i] * b[j] + r[i + j - 1] + carry r[i + j - 1] = s % BASE carry = math.floor(s / BASE) end r[i + #b] = r[i + #b] + carry end return trim(r) end
function Big.__div(a, n) local r, rest = setmetatable({}, Big), 0 for i = #a, 1, -1 do local s = rest * BASE + a[i] r[i] = math.floor(s / n) rest = s % n end return trim(r), rest end
function Big.__mod(a, n) local rest = 0 for i = #a, 1, -1 do rest = (rest * BASE + a[i]) % n end return rest end
function Big.__pow(a, n) local r = big(1) while n > 0 do if n % 2 == 1 then r = r * a end a, n = a * a, math.floor(n / 2) end return r end
function Big.__lt(a, b) if #a ~= #b then return #a < #b end for i = #a, 1, -1 do if a[i] ~= b[i] then return a[i] < b[i] end end return false end
function Big.__eq(a, b) return not (a < b) and not (b < a) end
function Big.__tostring(a) local out = { tostring(a[#a]) } for i = #a - 1, 1, -1 do out[#out + 1] = ("%07d"):format(a[i]) end return table.concat(out) end
Big.__concat = function(a, b) return tostring(a) .. tostring(b) end
local f = big(1) for i = 2, 100 do f = f * i end print("100! = " .. f) print("2^500 = " .. big(2) ^ 500) local x, y = big(0), big(1) for i = 1, 300 do x, y = y, x + y end print("fib 300 = " .. x) print(big "123456789012345678901234567890" < big "123456789012345678901234567891", big(5) <= big(5), big(7) == big "7", pcall(function() return big(1) - 2 end)) print(tostring(big "1000000000000000000000" - 1), tostring(big "123456789012345678901234567890" / 97), big "123456789012345678901234567890" % 97) local s = 0 for d in tostring(big(2) ^ 1000):gmatch "%d" do s = s + d end print(s)
-- digits of pi by a spigot, e by a series in integers
local function pi(n) local len = math.floor(10 * n / 3) + 1 local a, out, nines, pre = {}, {}, 0, nil for i = 1, len do a[i] = 2 end for j = 1, n do local q = 0 for i = len, 1, -1 do local v = 10 * a[i] + q * i a[i] = v % (2 * i - 1) q = math.floor(v / (2 * i - 1)) end a[1] = q % 10 q = math.floor(q / 10) if q == 9 then nines = nines + 1 else if q == 10 then if pre then out[#out + 1] = pre + 1 end out[#out + 1] = ("0"):rep(nines) pre = 0 else if pre then out[#out + 1] = pre end out[#out + 1] = ("9"):rep(nines) pre = q end nines = 0 end end return table.concat(out) end print(pi(150))
local function simpson(f, a, b, n) local h, s = (b - a) / n, f(a) + f(b) for i = 1, n - 1 do s = s + f(a + i * h) * (i % 2 == 0 and 2 or 4) end return s * h / 3 end print(("%.12g %.12g %.12g"):format(simpson(math.sin, 0, math.pi, 100), simpson(math.exp, 0, 1, 50), simpson(function(x) return 1 / x end, 1, 10, 1000)))
local function newton(f, x) for i = 1, 50 do local d = (f(x + 1e-6) - f(x - 1e-6)) / 2e-6 local nx = x - f(x) / d if math.abs(nx - x) < 1e-12 then return nx, i end x = nx end return x end print(("%.9f"):format((newton(function(x) return x * x - 2 end, 1))), ("%.9f"):format((newton(math.cos, 1))))
local bodies = { { 0, 0, 0, 0, 1000 }, { 100, 0, 0, 3, 1 }, { 0, 200, -2, 0, 2 } } local function energy() local e = 0 for i, p in ipairs(bodies) do e = e + p[5] * (p[3] ^ 2 + p[4] ^ 2) / 2 for j = i + 1, #bodies do local q = bodies[j] e = e - p[5] * q[5] / math.sqrt((p[1] - q[1]) ^ 2 + (p[2] - q[2]) ^ 2) end end return e end print(("%.9g"):format(energy())) for step = 1, 2000 do for i, p in ipairs(bodies) do for j, q in ipairs(bodies) do if i ~= j then local dx, dy = q[1] - p[1], q[2] - p[2] local d = (dx * dx + dy * dy) ^ 1.5 p[3], p[4] = p[3] + 0.01 * q[5] * dx / d, p[4] + 0.01 * q[5] * dy / d end end end for _, p in ipairs(bodies) do p[1], p[2] = p[1] + 0.01 * p[3], p[2] + 0.01 * p[4] end end print(("%.9g"):format(energy()), ("%.9g %.9g"):format(bodies[2][1], bodies[2][2]))
local function spectral(n) local function A(i, j) local ij = i + j - 1 return 1 / (ij * (ij - 1) * 0.5 + i) end local function mul(x, t) local y = {} for i = 1, n do local s = 0 for j = 1, n do s = s + (t and A(j, i) or A(i, j)) * x[j] end y[i] = s end return y end local u, v = {}, nil for i = 1, n do u[i] = 1 end for i = 1, 8 do v = mul(mul(u), true) u = mul(mul(v), true) end local vb, vv = 0, 0 for i = 1, n do vb, vv = vb + u[i] * v[i], vv + v[i] * v[i] end return ("%.9f"):format(math.sqrt(vb / vv)) end print(spectral(40))
