-- A program that makes userdata with finalizers all the time: its heap stays as small as what is alive, for dead ones are
-- finalized faster than others are made.
collectgarbage("setpause", 200) collectgarbage("setstepmul", 200)
collectgarbage() collectgarbage()
local finalized, most, before = 0, 0, collectgarbage("count")
local function make() local u = newproxy(true) getmetatable(u).__gc = function() finalized = finalized + 1 end end
for i = 1, 300000 do make() if i % 1000 == 0 then most = math.max(most, collectgarbage("count")) end end
print("most at a time below 2 MB:", most - before < 2048, "nearly all finalized:", finalized > 280000)
-- files are such userdata
finalized, most = 0, 0
for i = 1, 30000 do io.open("/dev/null"):close() if i % 1000 == 0 then most = math.max(most, collectgarbage("count")) end end
print("files:", most - before < 1024)
