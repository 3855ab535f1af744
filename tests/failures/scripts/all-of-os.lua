for i = 1, 5 do
  assert(os.clock() >= 0 and os.difftime(os.time(), 0) > 0 and os.execute() and os.setlocale(nil))
  assert(os.date('*t', i * 1e8).year >= 1970 and os.date('!%a %A %b %B %c %d %H %I %j %m %M %p %S %U %w %W %x %X %y %Y %Z %%', i * 1e8))
  assert(os.time(os.date('*t', i * 1e8)) == i * 1e8 and not check(pcall(os.time, {year = 2000})))
  assert(os.getenv('PATH') and os.getenv('NOT_THERE_AT_ALL') == nil)
  local from, to = os.tmpname(), os.tmpname()
  local moved, e = os.rename(from, to)
  os.remove(from)
  os.remove(to)
  check(moved, e)
  assert(not check(os.rename(from, to)) and not check(os.remove(from)))
  assert(not check(os.setlocale('no such place')))
end
