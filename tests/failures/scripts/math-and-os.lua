for i = 1, 20 do
  assert(tostring(i / 7) and tonumber('0x1f') == 31 and tonumber('zz', 36) and os.date('%Y %x') and os.getenv('PATH'))
  assert(os.time{year = 2000, month = 1, day = i})
end
