-- demo.lua - the program that demo.c runs.
-- The host has made the globals `warehouse` (userdata) and `host` (library).

-- Amounts of money: a class with operators. Cents, so that sums are exact.
local Money = {}
Money.__index = Money

local function money(cents) return setmetatable({ cents = cents }, Money) end

function Money.__add(a, b) return money(a.cents + b.cents) end
function Money.__sub(a, b) return money(a.cents - b.cents) end
function Money.__lt(a, b) return a.cents < b.cents end
function Money.__eq(a, b) return a.cents == b.cents end
function Money.__tostring(m)
  local sign = m.cents < 0 and "-" or ""
  local whole = tostring(math.floor(math.abs(m.cents) / 100))
  whole = whole:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")
  return ("%s%s.%02d"):format(sign, whole, math.abs(m.cents) % 100)
end

-- A table whose missing entries are made on demand.
local function defaults(make)
  return setmetatable({}, {
    __index = function(t, key)
      local value = make(key)
      rawset(t, key, value)
      return value
    end,
  })
end

-- The log as a stream of records: a coroutine that parses line by line.
local pattern = "^(%d+):(%d+):(%d+)%s+(%u+)%s+(%a+)%s+(%S+)%s+x(%d+)%s*(.-)%s*$"

local function records()
  return coroutine.wrap(function()
    local number = 0
    for line in host.lines() do
      number = number + 1
      if not line:find("^%s*#") then
        local h, m, s, kind, who, sku, n, note = line:match(pattern)
        if kind then
          coroutine.yield {
            line = number, kind = kind, who = who, sku = sku, n = tonumber(n),
            time = h * 3600 + m * 60 + s, note = note:match("^%-%-%s*(.+)"),
          }
        else
          coroutine.yield { line = number, kind = "BAD", text = line }
        end
      end
    end
  end)
end

-- What to do with each kind of record. A handler may fail: with a text, or
-- with an error object made by the host.
local handlers = {}

function handlers.ORDER(r, w, customer)
  local left, cents = w:take(r.sku, r.n)
  customer.orders = customer.orders + 1
  customer.spent = customer.spent + money(cents)
  return ("%d x %s, %d left"):format(r.n, w:find(r.sku).name, left)
end

function handlers.RETURN(r, w, customer)
  local item = assert(w:find(r.sku), "nothing like that was ever sold")
  local stock = w:put(r.sku, r.n)
  customer.spent = customer.spent - money(r.n * item.cents)
  return ("%d x %s came back, %d now"):format(r.n, item.name, stock)
end

function handlers.BAD(r)
  error({ kind = "syntax", text = ("cannot read %q"):format(r.text) })
end

setmetatable(handlers, {
  __index = function(_, kind)
    return function() error({ kind = "ignored", text = kind:lower() .. "s are not booked" }) end
  end,
})

-- An error, whatever it is, as a kind and a text.
local function explain(e)
  if type(e) == "table" then return e.kind, e.text end
  return "error", (tostring(e):gsub("^[^:]+:%d+: ", ""))
end

function process(w)
  host.heading("The log, line by line")
  local by_name = defaults(function(name) return { name = name, orders = 0, spent = money(0) } end)
  local result = { booked = 0, refused = 0, problems = defaults(function() return {} end), hours = defaults(function() return 0 end) }
  for r in records() do
    local ok, what = pcall(handlers[r.kind], r, w, r.who and by_name[r.who])
    if ok then
      result.booked = result.booked + 1
      local hour = math.floor(r.time / 3600)
      result.hours[hour] = result.hours[hour] + 1
      print(("%3d  %-6s %-6s %s%s"):format(r.line, r.kind:lower(), r.who, what, r.note and " (" .. r.note .. ")" or ""))
    else
      result.refused = result.refused + 1
      local kind, text = explain(what)
      table.insert(result.problems[kind], r.line)
      print(("%3d  refused       %s: %s"):format(r.line, kind, text))
    end
  end
  result.customers = {}
  for _, customer in pairs(by_name) do table.insert(result.customers, customer) end
  return result
end

-- The order of customers in the host's list: who spent most, then by name.
function compare(a, b)
  if a.spent ~= b.spent then return b.spent < a.spent end
  return a.name < b.name
end

-- Runs as a coroutine of the host: each yield asks for a delivery and gets
-- how much has come.
function restock(w)
  local deliveries = 0
  for item in w:items() do
    local missing = 2 * item.reorder_at - item.stock
    while item.stock < item.reorder_at or (missing > 0 and missing < 5) do
      local delivered = coroutine.yield(item.sku, missing)
      deliveries = deliveries + 1
      item.stock = w:put(item.sku, delivered)
      missing = 2 * item.reorder_at - item.stock
    end
  end
  return ("restocked with %d deliveries"):format(deliveries)
end

-- Columns of text: a closure that collects lines and joins them.
local function writer()
  local lines = {}
  return function(...)
    if select("#", ...) == 0 then return table.concat(lines, "\n") .. "\n" end
    lines[#lines + 1] = string.format(...)
  end
end

function report(result, w)
  local put = writer()
  put("\nStock in the evening\n====================")
  local items, value = {}, money(0)
  for item in w:items() do items[#items + 1] = item end
  table.sort(items, function(a, b) return a.name < b.name end)
  for _, item in ipairs(items) do
    local worth = money(item.stock * item.cents)
    value = value + worth
    put("%-14s %3d  %-12s %10s", item.name, item.stock, ("*"):rep(math.ceil(item.stock / 4)), tostring(worth))
  end
  put("%-14s %3s  %-12s %10s", "total", "", ("%d items"):format(#w), tostring(value))

  put("\nBusy hours\n==========")
  local hours = {}
  for hour in pairs(result.hours) do hours[#hours + 1] = hour end
  table.sort(hours)
  for _, hour in ipairs(hours) do put("%02d:00  %s", hour, ("#"):rep(result.hours[hour])) end

  put("\nProblems\n========")
  local kinds = {}
  for kind in pairs(result.problems) do kinds[#kinds + 1] = kind end
  table.sort(kinds)
  for _, kind in ipairs(kinds) do
    put("%-9s in line %s", kind, table.concat(result.problems[kind], ", "))
  end
  return put()
end

-- Wrong on purpose: the field is called `stock`.
local function check(item)
  if item.amount < 0 then error("negative stock") end
end

function audit(w)
  for item in w:items() do
    check(item)
  end
end
