# The interactive mode: prompts, lines that go on, expressions, errors.

t() {
    printf '%s\n' "--"
    printf "$@" | lua -i 2>&1
    echo "status $?"
}

t '1\n'
t 'x = 1\n=x\n= x, nil, "y"\nreturn 1, 2\n=\n'
t 'for i = 1, 2 do\nprint(i)\nend\n'
t 'x = [[a\nb]] =x\nprint(x)\n'
t '=nil,nil\nlocal a = 5\n=a\n'
t 'error("a")\nerror({})\nerror()\nerror("b", 0)\n'
t 'x = = 1\nx =\n5\n=x\n'
t '_PROMPT = "p "\n_PROMPT2 = 5\nx=\n6\n=x\n_PROMPT = nil\n_PROMPT2 = {}\nx=\n7\n'
t 'print = nil\n=1\n'
t 'x=('
t ''
t 'os.exit(4)\n'
lua -v -i -e 'print(1)' 2>&1 </dev/null
echo "status $?"
lua -i support/commands/arguments.lua a 2>&1 </dev/null
echo "status $?"
