// A host that opens the generated bindings and runs a script with them.
#include <lua.hpp>

#include "orchestra.h"
#include "orchestra_bind.h"

int Player::total = 0;

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    lua_State* L = luaL_newstate();
    luaL_openlibs(L);
    tolua_orchestra_open(L);
    int status = luaL_loadfile(L, argv[1]) || lua_pcall(L, 0, 0, 0);
    if (status) std::printf("error: %s\n", lua_tostring(L, -1));
    lua_close(L);
    std::printf("players left: %d\n", Player::count());
    return status ? 1 : 0;
}
