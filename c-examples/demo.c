/*
** demo.c - a C host around a real Lua program (demo.lua).
**
** The host owns a warehouse: plain C structures.  The program, in Lua, reads
** the log of a day's orders, books them, and reports.  They call each other
** all the time:
**
**   C -> Lua   process(), compare(), report(), audit(), and the coroutine
**              restock(), which the host resumes delivery by delivery
**   Lua -> C   warehouse:find/take/put, an iterator over the items, the lines
**              of the log, host.heading
**
**   usage: demo [demo.lua]
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

/* ---------------------------------------------------------------- the data */

typedef struct Item {
  const char *sku, *name;
  int stock, reorder_at;
  int cents;                          /* the price */
} Item;

typedef struct Warehouse {
  Item items[8];
  int count;
  int movements;                      /* how often anything went in or out */
} Warehouse;

static Warehouse warehouse = {
  { { "LMP-001", "desk lamp",        14,  5,  3995 },
    { "CHR-020", "office chair",      3,  4, 18900 },
    { "PEN-300", "fountain pen",     40, 10,  2450 },
    { "BAG-110", "canvas bag",        9, 10,  3200 },
    { "CLK-007", "wall clock",        6,  2,  4575 } },
  5, 0
};

static const char *const order_log[] = {
  "# orders of the day",
  "08:02:11 ORDER alice   LMP-001 x2",
  "08:15:40 ORDER bob     CHR-020 x1",
  "08:15:59 ORDER alice   PEN-300 x10",
  "08:31:07 QUOTE carol   CLK-007 x2",
  "09:04:50 ORDER carol   CLK-007 x4   -- gift wrap",
  "09:10:02 ORDER dave    CHR-020 x5",
  "09:42:19 ORDER bob     ZZZ-999 x1",
  "10:00:00 this line is damaged",
  "10:21:33 ORDER erin    BAG-110 x3",
  "11:45:12 RETURN alice  LMP-001 x1",
  "12:05:00 ORDER carol   PEN-300 x25",
  "13:37:00 ORDER dave    BAG-110 x0",
  "14:20:45 ORDER erin    CLK-007 x1",
  NULL
};

/* --------------------------------------------- the warehouse as Lua sees it */

#define WAREHOUSE "Demo.Warehouse"

/* The userdata holds no warehouse but a pointer to it: the data stays in C. */
static Warehouse *check_warehouse(lua_State *L)
{
  return *(Warehouse **)luaL_checkudata(L, 1, WAREHOUSE);
}

static Item *lookup(Warehouse *w, const char *sku)
{
  int i;
  for (i = 0; i < w->count; i++)
    if (strcmp(w->items[i].sku, sku) == 0) return &w->items[i];
  return NULL;
}

static void push_item(lua_State *L, const Item *item)
{
  lua_createtable(L, 0, 5);
  lua_pushstring(L, item->sku);          lua_setfield(L, -2, "sku");
  lua_pushstring(L, item->name);         lua_setfield(L, -2, "name");
  lua_pushinteger(L, item->stock);       lua_setfield(L, -2, "stock");
  lua_pushinteger(L, item->reorder_at);  lua_setfield(L, -2, "reorder_at");
  lua_pushinteger(L, item->cents);       lua_setfield(L, -2, "cents");
}

/* warehouse:find(sku) -> item or nil */
static int warehouse_find(lua_State *L)
{
  Item *item = lookup(check_warehouse(L), luaL_checkstring(L, 2));
  if (item == NULL) return 0;
  push_item(L, item);
  return 1;
}

/* Raise an error object that the Lua program can look into. */
static int refuse(lua_State *L, const char *kind, const char *text)
{
  lua_newtable(L);
  lua_pushstring(L, kind);  lua_setfield(L, -2, "kind");
  lua_pushstring(L, text);  lua_setfield(L, -2, "text");
  return lua_error(L);
}

/* warehouse:take(sku, n) -> what is left, the price of all; or an error */
static int warehouse_take(lua_State *L)
{
  Warehouse *w = check_warehouse(L);
  const char *sku = luaL_checkstring(L, 2);
  int n = luaL_checkint(L, 3);
  Item *item = lookup(w, sku);
  luaL_argcheck(L, n > 0, 3, "quantity must be positive");
  if (item == NULL) {
    const char *text = lua_pushfstring(L, "there is no item %s", sku);
    return refuse(L, "unknown", text);
  }
  if (item->stock < n) {
    const char *text = lua_pushfstring(L, "only %d of %d %s in stock", item->stock, n, item->name);
    return refuse(L, "shortage", text);
  }
  item->stock -= n;
  w->movements++;
  lua_pushinteger(L, item->stock);
  lua_pushinteger(L, (lua_Integer)n * item->cents);
  return 2;
}

/* warehouse:put(sku, n) -> the new stock */
static int warehouse_put(lua_State *L)
{
  Warehouse *w = check_warehouse(L);
  Item *item = lookup(w, luaL_checkstring(L, 2));
  int n = luaL_checkint(L, 3);
  if (item == NULL) return luaL_error(L, "no item '%s'", lua_tostring(L, 2));
  item->stock += n;
  w->movements++;
  lua_pushinteger(L, item->stock);
  return 1;
}

/* for item in warehouse:items() do ... end
   The iterator is a C closure; its upvalues are the warehouse and a place. */
static int next_item(lua_State *L)
{
  Warehouse *w = *(Warehouse **)lua_touserdata(L, lua_upvalueindex(1));
  int i = (int)lua_tointeger(L, lua_upvalueindex(2));
  if (i >= w->count) return 0;
  lua_pushinteger(L, i + 1);
  lua_replace(L, lua_upvalueindex(2));
  push_item(L, &w->items[i]);
  return 1;
}

static int warehouse_items(lua_State *L)
{
  check_warehouse(L);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_item, 2);
  return 1;
}

static int warehouse_len(lua_State *L)
{
  lua_pushinteger(L, check_warehouse(L)->count);
  return 1;
}

static const luaL_Reg warehouse_methods[] = {
  { "find", warehouse_find }, { "take", warehouse_take }, { "put", warehouse_put },
  { "items", warehouse_items },
  { NULL, NULL }
};

static void open_warehouse(lua_State *L, Warehouse *w)
{
  luaL_newmetatable(L, WAREHOUSE);
  lua_newtable(L);
  luaL_register(L, NULL, warehouse_methods);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, warehouse_len);
  lua_setfield(L, -2, "__len");
  lua_pop(L, 1);

  *(Warehouse **)lua_newuserdata(L, sizeof w) = w;
  luaL_getmetatable(L, WAREHOUSE);
  lua_setmetatable(L, -2);
  lua_setglobal(L, "warehouse");
}

/* ------------------------------------------------------------ other services */

static int next_line(lua_State *L)
{
  int i = (int)lua_tointeger(L, lua_upvalueindex(1));
  if (order_log[i] == NULL) return 0;
  lua_pushinteger(L, i + 1);
  lua_replace(L, lua_upvalueindex(1));
  lua_pushstring(L, order_log[i]);
  return 1;
}

static int host_lines(lua_State *L)
{
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_line, 1);
  return 1;
}

static void heading(const char *text)
{
  size_t i, n = strlen(text);
  printf("\n%s\n", text);
  for (i = 0; i < n; i++) putchar('=');
  putchar('\n');
}

static int host_heading(lua_State *L)
{
  heading(luaL_checkstring(L, 1));
  return 0;
}

static const luaL_Reg host_functions[] = {
  { "lines", host_lines }, { "heading", host_heading },
  { NULL, NULL }
};

/* ----------------------------------------------------------- calls into Lua */

/* The message handler: runs where the error happened, so it can see the stack. */
static int traceback(lua_State *L)
{
  lua_getglobal(L, "debug");
  lua_getfield(L, -1, "traceback");
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 2);
  lua_call(L, 2, 1);
  return 1;
}

/* Call the function that lies under its arguments, with a traceback on errors. */
static int call(lua_State *L, int nargs, int nresults)
{
  int status, base = lua_gettop(L) - nargs;
  lua_pushcfunction(L, traceback);
  lua_insert(L, base);
  status = lua_pcall(L, nargs, nresults, base);
  lua_remove(L, base);
  return status;
}

static void must(lua_State *L, int status)
{
  if (status == 0) return;
  fprintf(stderr, "demo: %s\n", lua_tostring(L, -1));
  lua_close(L);
  exit(EXIT_FAILURE);
}

/* Take the customers out of process()'s summary and sort them in C, by asking
   a Lua function which of two comes first. */
static void show_customers(lua_State *L, int summary)
{
  int n, i, j, compare, customers;
  heading("Customers, as the host reads them");
  lua_getfield(L, summary, "customers");         /* array of tables */
  customers = lua_gettop(L);
  lua_getglobal(L, "compare");
  compare = luaL_ref(L, LUA_REGISTRYINDEX);      /* a handle that C can keep */
  n = (int)lua_objlen(L, customers);
  for (i = 2; i <= n; i++) {                     /* insertion sort */
    for (j = i; j > 1; j--) {
      int before;
      lua_rawgeti(L, LUA_REGISTRYINDEX, compare);
      lua_rawgeti(L, customers, j);
      lua_rawgeti(L, customers, j - 1);
      must(L, call(L, 2, 1));
      before = lua_toboolean(L, -1);
      lua_pop(L, 1);
      if (!before) break;
      lua_rawgeti(L, customers, j);
      lua_rawgeti(L, customers, j - 1);
      lua_rawseti(L, customers, j);
      lua_rawseti(L, customers, j - 1);
    }
  }
  luaL_unref(L, LUA_REGISTRYINDEX, compare);
  for (i = 1; i <= n; i++) {
    lua_rawgeti(L, customers, i);
    lua_getfield(L, -1, "name");
    lua_getfield(L, -2, "orders");
    lua_getfield(L, -3, "spent");                /* a Money object: let it print itself */
    lua_getglobal(L, "tostring");
    lua_insert(L, -2);
    must(L, call(L, 1, 1));
    printf("%-8s %d order%s  %10s\n", lua_tostring(L, -3), (int)lua_tointeger(L, -2),
           lua_tointeger(L, -2) == 1 ? " " : "s", lua_tostring(L, -1));
    lua_pop(L, 4);
  }
  lua_pop(L, 1);
}

/* restock() is a coroutine: it asks for one delivery at a time. */
static void restock(lua_State *L)
{
  lua_State *T = lua_newthread(L);               /* on L's stack, so it stays alive */
  int status, nargs = 1;
  heading("Restocking, one delivery at a time");
  lua_getglobal(T, "restock");
  lua_getglobal(T, "warehouse");
  while ((status = lua_resume(T, nargs)) == LUA_YIELD) {
    const char *sku = lua_tostring(T, -2);
    int wanted = (int)lua_tointeger(T, -1);
    int delivered = wanted > 10 ? 10 : wanted;   /* the lorry is small */
    printf("asked for %2d of %s, delivering %2d\n", wanted, sku, delivered);
    lua_settop(T, 0);
    lua_pushinteger(T, delivered);               /* the result of coroutine.yield */
    nargs = 1;
  }
  if (status != 0) {
    fprintf(stderr, "demo: %s\n", lua_tostring(T, -1));
    exit(EXIT_FAILURE);
  }
  printf("%s\n", lua_tostring(T, -1));
  lua_pop(L, 1);
}

int main(int argc, char **argv)
{
  const char *script = argc > 1 ? argv[1] : "demo.lua";
  lua_State *L = luaL_newstate();
  if (L == NULL) { fprintf(stderr, "demo: not enough memory\n"); return EXIT_FAILURE; }
  luaL_openlibs(L);
  open_warehouse(L, &warehouse);
  luaL_register(L, "host", host_functions);
  lua_pop(L, 1);

  /* compile and run the program: it only defines its functions */
  must(L, luaL_loadfile(L, script));
  must(L, call(L, 0, 0));

  /* let it work through the log */
  lua_getglobal(L, "process");
  lua_getglobal(L, "warehouse");
  must(L, call(L, 1, 1));
  lua_getfield(L, 1, "booked");
  lua_getfield(L, 1, "refused");
  printf("\nthe program booked %d lines and refused %d\n",
         (int)lua_tointeger(L, -2), (int)lua_tointeger(L, -1));
  lua_pop(L, 2);

  show_customers(L, 1);
  restock(L);

  /* a text made in Lua, printed in C */
  lua_getglobal(L, "report");
  lua_pushvalue(L, 1);
  lua_getglobal(L, "warehouse");
  must(L, call(L, 2, 1));
  fputs(lua_tostring(L, -1), stdout);
  lua_pop(L, 1);

  /* and an error on purpose: it reaches us with a traceback, nothing is lost */
  heading("An error in Lua, caught by the host");
  lua_getglobal(L, "audit");
  lua_getglobal(L, "warehouse");
  if (call(L, 1, 0) != 0) {
    printf("%s\n", lua_tostring(L, -1));
    lua_pop(L, 1);
  }
  lua_pop(L, 1);                                 /* process()'s summary */
  printf("\n%d movements in the warehouse; values on the stack: %d\n", warehouse.movements, lua_gettop(L));
  lua_close(L);
  return EXIT_SUCCESS;
}
