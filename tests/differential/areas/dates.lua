-- os.date with every conversion and os.time with every kind of field, in several time zones (TZ is the
-- caller's: the area runs once for each). Times are fixed, none is now.

local here = arg[0]:match("^(.*)/") or "."
local common = dofile(here .. "/../common.lua")
local random, scale = common.start(arg)
local show, show_all, show_table, emit = common.show, common.show_all, common.show_table, common.emit

local times = { 0, 1, -1, 86399, 86400, 951782400, 1078056000, 1234567890, 1679792399, 1679792400, 1698541200, 1711846800, 2147483647, 2147483648,
  4102444800, -2147483648, -62135596800, 253402300799, 1e12, 1e17, 2^53, 1e300, -1e300, 0/0, 1/0, 0.5, 1e9 + 0.9, "1000000000", "x", {} }
for _ = 1, 20 * scale do times[#times + 1] = random:int(-2^31, 2^31 - 1) end
local formats = { "", "*t", "!*t", "*tx", "!", "!%c", "%", "%%", "x%", "%Y-%m-%d %H:%M:%S", "*", "t", "%c %x %X %p", "%\0a", "a\0%d\0", ("%Y"):rep(60), "%5d", "%-d", "%^a", "%0e", "%Ey", "%Od", "%#Z", "%_d" }
for c = 1, 255 do formats[#formats + 1] = "%" .. string.char(c) end

local function result(ok, v, ...)
  if type(v) == "table" then
    return ("%s %s %s-%s-%s %s:%s:%s %s %s"):format(tostring(ok), show_table(v, 1), v.year, v.month, v.day, v.hour, v.min, v.sec, v.wday, v.yday)
  end
  return show_all(ok, v, ...)
end

for i, f in ipairs(formats) do
  for j, t in ipairs(times) do
    if i < 30 or f:find("%%%w") or j < 4 then
      emit("date " .. show_all(f, t), result(pcall(os.date, f, t)))
      if f:sub(1, 1) ~= "!" then emit("date ! " .. show_all(f, t), result(pcall(os.date, "!" .. f, t))) end
    end
  end
end

local fields = {
  year = { 1970, 2000, 2023, 1900, 0, -1, 9999, "2001", 2023.7, 1e10, 70 }, month = { 1, 2, 3, 10, 12, 0, 13, -5, "7", 100 }, day = { 1, 28, 29, 31, 0, 32, -1, "15", 1000 },
  hour = { 0, 12, 23, 24, -1, 2, 3, "4", 100 }, min = { 0, 30, 59, 60, -1, 90 }, sec = { 0, 59, 60, 61, -1, 3600, 1e6 }, isdst = { true, false, 1, "no" },
}
local names = { "year", "month", "day", "hour", "min", "sec", "isdst" }
for i = 1, 2000 * scale do
  local t = {}
  for _, name in ipairs(names) do
    if random:chance(name == "isdst" and 30 or name:find("[ymd]") == 1 and 97 or 60) then t[name] = random:of(fields[name]) end
    if random:chance(1) then t[name] = random:of { "x", {}, true } end
  end
  emit("time " .. i .. " " .. show_table(t, 1), show_all(pcall(os.time, t)) .. " " .. show_table(t, 1))
end
for _, v in ipairs { 1, "x", true } do emit("time of " .. show(v), show_all(pcall(os.time, v))) end
for _, a in ipairs(times) do emit("difftime " .. show(a), show_all(pcall(os.difftime, a, 100)) .. show_all(pcall(os.difftime, a))) end
for _, locale in ipairs { "C", "", "POSIX", "xx_YY", "C.UTF-8" } do
  for _, category in ipairs { "all", "collate", "ctype", "monetary", "numeric", "time", "other", "" } do
    emit("setlocale " .. show_all(locale, category), show_all(pcall(os.setlocale, locale, category)))
  end
end
emit("setlocale", show_all(pcall(os.setlocale)) .. show_all(pcall(os.setlocale, nil)))
os.setlocale("C")
