# The command `luac`: its options, output files, listings and messages.

files=$PWD/support/commands
cd "$(mktemp -d)" || exit 1
export work=$PWD
show() { sed -e 's/0x[0-9a-f]*/ADDRESS/g' -e 's/luac5\.1:/luac:/'; }
t() { # t COMMAND…: runs it, shows what it wrote and a digest of what it left
    printf '%s\n' "-- $*"
    { "$@" 2>&1 </dev/null; echo "status $?"; } | show
    for f in luac.out out out2; do
        [ ! -f $f ] || { cksum <$f; rm $f; }
    done
}

ln -s "$files"/*.lua .
t luac
t luac -v
t luac -v -v
t luac -v --
t luac -v -- listing.lua
t luac -z
t luac -lx
t luac -o
t luac -o ''
t luac nofile
t luac -- -x
t luac bad.lua
t luac listing.lua
t luac -s listing.lua
t luac -p listing.lua
t luac -p -l listing.lua
t luac -l -l listing.lua
t luac -l -l -l listing.lua shebang.lua
t luac -s -o out listing.lua arguments.lua shebang.lua
t luac -o out listing.lua arguments.lua
t luac -o out -l -s shebang.lua
t luac -o /no/such/folder/out listing.lua
t luac -o /dev/full listing.lua
t luac -l
t luac -p

luac listing.lua && luac -l | show
rm -f luac.out
luac -o - listing.lua | cksum
luac -o - - <arguments.lua | cksum
echo 'return 1' | luac -l - - 2>&1 | show
rm -f luac.out

# what it writes runs, and can be compiled again
luac -s -o out arguments.lua shebang.lua && lua out a b
luac -o out2 out && cmp out out2 && echo same
luac -s -o out bad.lua 2>&1 | show
printf 'return {' >long.lua
i=0
while [ $i -lt 13000 ]; do i=$((i + 1)); printf '%d,' $i; done >>long.lua
echo '}' >>long.lua
luac -l long.lua | show | grep SETLIST | cksum
rm -rf "$work"
