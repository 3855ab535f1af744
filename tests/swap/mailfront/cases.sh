# packages: mailfront
# loads: /usr/lib/mailfront/plugin-lua.so

mail() { LUA_SCRIPT=$1 mailfront smtp echo lua accept 2>&1 | sed 's/^mailfront\[[0-9]*\]/mailfront/'; }
mail_session() {
    mail "$files/filter.lua" <<'END'
HELO there.example
MAIL FROM:<ada@example.org>
RCPT TO:<one@here.example>
RCPT TO:<spam@here.example>
RCPT TO:<two@here.example>
DATA
Subject: Notes

A line, and another line.
..
.
MAIL FROM:<refused@example.org>
MAIL FROM:<error@example.org>
RSET
MAIL FROM:<ada@example.org>
RCPT TO:<later@here.example>
RCPT TO:<three@here.example>
DATA
Nothing to object to.
.
MAIL FROM:<loop@example.org>
HELP
QUIT
END
}
export -f mail mail_session

swap "mailfront session" "no room for spam" bash -c mail_session
swap "mailfront broken script" "Syntax error" bash -c 'echo "x = = 1" >bad.lua; mail bad.lua </dev/null'
swap "mailfront failing script" "attempt to" bash -c 'echo "local t t.x = 1" >bad.lua; mail bad.lua </dev/null'
