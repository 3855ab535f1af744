# packages: premake4
# loads: premake4

premake() { # premake ARGUMENTS: in a fresh copy of a project tree
    cp "$files/premake4.lua" .
    local part
    for part in strings brass percussion; do
        mkdir -p "src/$part/deep/deeper"
        touch "src/$part"/{one,two,skip_me}.c "src/$part/deep"/{a,b}.cpp "src/$part/deep/deeper/c.h" "src/$part/$part.h"
    done
    mkdir -p src/conductor
    touch src/conductor/{main,score}.cpp
    premake4 "$@"
    local status=$?
    # Visual Studio 2010 filters carry random identifiers.
    find . -name "*.filters" -exec sed -i "s/<UniqueIdentifier>.*</<UniqueIdentifier>RANDOM</" {} +
    return $status
}
export -f premake

for action in gmake vs2002 vs2003 vs2005 vs2008 vs2010 codeblocks codelite; do
    case $action in codeblocks) sign='CodeBlocks_project' ;; codelite) sign='CodeLite_' ;; gmake) sign='TARGETDIR' ;; *) sign='orch_strings' ;; esac
    swap "premake4 $action" "$sign" bash -c 'premake "$@"' - "$action"
done
swap "premake4 report" "solution Orchestra" bash -c 'premake "$@"' - --verbose --level=high report argument
swap "premake4 --help" "Write what the solution holds" bash -c 'premake "$@"' - --help
swap "premake4 bad action" "no such action" bash -c 'premake "$@"' - nosuchaction
swap "premake4 bad level" "invalid value" bash -c 'premake "$@"' - --level=other report
swap "premake4 broken script" "near" bash -c 'echo "solution = = 1" >premake4.lua; premake4 gmake' -
swap "premake4 failing script" "attempt to" bash -c 'echo "local t = nil; print(t.x)" >premake4.lua; premake4 gmake' -
