-- luasql.sqlite3: tables, rows by number and by name, transactions, errors, cursors left open, many rows.
local luasql = require "luasql.sqlite3"
local env = luasql.sqlite3()
local con = assert(env:connect "")
print(tostring(env):match "^[%a%d ]+", type(con), con:execute "create table t (id integer primary key, name text, price real, data blob)")
for i = 1, 5 do print(con:execute(("insert into t (name, price) values ('%s', %g)"):format(con:escape("it's " .. i), i * 1.25))) end
print(con:getlastautoid())
local cur = assert(con:execute "select * from t order by id")
print(table.concat(cur:getcolnames(), ","), table.concat(cur:getcoltypes(), ","))
local row = cur:fetch({}, "a")
while row do print(row.id, row.name, row.price, row.data) row = cur:fetch(row, "a") end
print(cur:close(), cur:close())
local cur = con:execute "select id, name from t" print(cur:fetch()) print(cur:fetch({}, "n")[2]) cur:close()
print(con:execute "select nothing from nowhere") print(con:execute "syntax error") print(con:execute "insert into t (id) values (1)")
print(con:setautocommit(false), con:execute "delete from t", con:rollback(), con:execute("select count(*) from t"):fetch())
con:execute "begin"
for i = 1, 2000 do assert(con:execute(("insert into t (name, price) values ('row %d', %d)"):format(i, i % 17))) end
print(con:commit())
local function rows(sql) local cur = assert(con:execute(sql)) return function() return cur:fetch() end end
local sum, n = 0, 0
for id, name, price in rows "select id, name, price from t" do sum, n = sum + price, n + 1 end print(sum, n)
for price, count in rows "select price, count(*) from t where id > 5 group by price order by price" do io.write(price, ":", count, " ") end print()
local co = coroutine.wrap(function() for id in rows "select id from t limit 4" do coroutine.yield(id) end end) print(co(), co(), co(), co())
print(pcall(env.close, env)) print(pcall(con.execute)) print(pcall(con.execute, con)) print(pcall(cur.fetch, 5))
cur, co = nil, nil collectgarbage() collectgarbage() print(con:close(), con:close(), env:close(), env:close()) print(pcall(con.execute, con, "select 1"))
