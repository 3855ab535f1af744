# packages: libpodofo-utils
# loads: podofoimpose

impose() { # impose PLAN
    lua5.1 "$files/pages.lua" 13 >in.pdf
    podofoimpose in.pdf out.pdf "$1" lua
    # The date and the identifiers of the file are of this minute.
    [ ! -e out.pdf ] || sed -i -E -e 's/\(D:[0-9+'"'"'Z-]*\)/(DATE)/g' -e '/^\/?ID ?\[/d' -e 's/\/ID ?\[ ?<[^>]*> ?<[^>]*> ?\]/ID/' out.pdf
}
export -f impose

swap "podofo booklet" "PushRecord calls" bash -c 'impose "$files/booklet.plan"'
swap "podofo error" "attempt to" bash -c 'echo "local t t.x = 1" >bad.plan; impose bad.plan'
swap "podofo syntax" "near" bash -c 'echo "x = = 1" >bad.plan; impose bad.plan'
