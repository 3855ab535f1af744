//! `collectgarbage` and `gcinfo`.

use crate::object::Value;
use crate::runtime::gc_control::{Command, control};
use crate::state::{NativeResult, Outcome, State};

const OPTIONS: [(&str, Command); 7] = [
    ("stop", Command::Stop),
    ("restart", Command::Restart),
    ("collect", Command::Collect),
    ("count", Command::Count),
    ("step", Command::Step),
    ("setpause", Command::SetPause),
    ("setstepmul", Command::SetStepMultiplier),
];

pub fn collectgarbage(l: &mut State) -> NativeResult {
    let option = l.check_option(1, Some("collect"), &OPTIONS.map(|(name, _)| name))?;
    let command = OPTIONS[option].1;
    let data = l.opt_int(2, 0)?;
    let answer = control(l, command, data)?;
    let answer = match command {
        Command::Count => {
            let rest = control(l, Command::CountBytes, 0)?;
            Value::number(answer as f64 + rest as f64 / 1024.0)
        }
        Command::Step => Value::boolean(answer != 0),
        _ => Value::number(answer as f64),
    };
    l.push(answer);
    Ok(Outcome::Return(1))
}

pub fn gcinfo(l: &mut State) -> NativeResult {
    let kilobytes = control(l, Command::Count, 0)?;
    l.push(Value::number(kilobytes as f64));
    Ok(Outcome::Return(1))
}
