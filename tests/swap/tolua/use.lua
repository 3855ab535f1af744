-- Uses the generated bindings: objects, inheritance, operators, arrays, namespaces, templates, errors, collection.
print(orchestra_version(), STRINGS, BRASS, PERCUSSION, MAX_PLAYERS)
local anna, bert = Player:new("Anna"), Player:new("Bert", 30)
print(anna:name(), anna.age, bert.age, bert.id, Player:count())
anna.age = 25
print(anna:skill(), anna:play(3), anna:play(3, true), anna < bert, bert < anna, anna == bert, anna == anna, bert[4])
local both = anna + bert
print(both:name(), both.age, tolua.type(both), tolua.type(anna), tolua.type(5), tolua.type("s"))
local solo = Soloist:new("Cleo", PERCUSSION)
print(solo:name(), solo:skill(), solo.section == PERCUSSION, tolua.type(solo))
solo.where.x, solo.where.y = 1.5, -2
for i = 0, 3 do solo.marks[i] = i * i end
print(solo.where.x, solo.where.y, solo.marks[1], solo.marks[3], music.describe(solo), music.transpose(60), music.transpose(60, -1))
print(music.divide(17, 5, 0, 0))
print(tools.add(2, 3), tools.echo("same"), tools.echo(nil))
local box = Box_int_:new()
box:set(42.9)
local wide = Box_double_:new()
wide:set(42.9)
print(box:get(), wide:get())
solo.own = "a field of the script"
function solo:greet() return "hello from " .. self:name() end
print(solo.own, solo:greet(), rawequal(solo, solo), tolua.cast(solo, "Player"):name())
anna:rename("Annabel")
print(anna:name(), type(anna), tostring(getmetatable(anna) ~= nil))
for _, f in ipairs {
  function() return Player:new() end, function() return anna:rename(5, 6, 7) end, function() return anna:rename({}) end,
  function() anna.id = 5 end, function() return Player.name(5) end, function() return tools.add("x", 1) end,
  function() return music.transpose() end, function() return solo.marks[9] end, function() return anna:nosuch() end,
} do
  local ok, message = pcall(f)
  print(ok, message)
end
local live = Player:count()
for i = 1, 200 do local temporary = Player:new("t" .. i, i):skill() end
collectgarbage() collectgarbage()
print(live, Player:count() <= live + 200)
box:delete()
local local_player = Player:new_local("collected")
local_player = nil
collectgarbage() collectgarbage()
print("end")
