//! Globals that a function's environment lacks: what its metatable says.
//!
//! As with fields, where a lookup by `__index` has led is remembered (`inherited`).
//!
//! Not here: globals that are there (`loads`).

use crate::heap::{CALLS, ENDS, Path};
use crate::object::Value;
use crate::state::Event;
use crate::vm::interp::fields::hash_of;
use crate::vm::interp::frame::{metamethod_of, node_passed, passed_node, passed_value, value_passed};
use crate::vm::interp::inherited::{end_of, path_from};
use crate::vm::interp::loads::{get_global_slow, running, set_global_along, set_global_found, set_global_slow};

handler! {
    /// Looked for where the metatable's `__index` says.
    #[inline(never)]
    fn get_global_inherited(pc, base, k, l, dispatch) {
        let env = running(base).env.get();
        if !env.is_seeded()
            && let Some(metatable) = env.metatable.get()
        {
            let key = *k.add(field_bc!(pc));
            let path = path_from(dispatch, metatable, key);
            if path.is_null() {
                if metatable.absent.get() >> Event::Index as u32 & 1 == 0 {
                    slow!(get_global_slow, pc, base, k, l, dispatch)
                }
                *base.add(field_a!(pc)) = Value::NIL;
                next!(pc, base, k, l, dispatch)
            }
            let value = value_by!(path, l, metatable, key);
            if value.is_nil() {
                return get_global_by_path(pc, base, k, l, path.cast(), none!());
            }
            *base.add(field_a!(pc)) = value;
            next!(pc, base, k, l, dispatch)
        }
        slow!(get_global_slow, pc, base, k, l, dispatch)
    }
}

handler! {
    /// The path, in the place of the dispatch table, leads to no value: to nothing, or to a function that is to be called; or it is
    /// another key's.
    #[inline(never)]
    fn get_global_by_path(pc, base, k, l, path) {
        let dispatch = super::dispatch_of(l);
        let path = path.cast::<Path>();
        let key = *k.add(field_bc!(pc));
        if (*path).key.get() == key.bits() | ENDS {
            *base.add(field_a!(pc)) = Value::NIL;
            next!(pc, base, k, l, dispatch)
        }
        if (*path).key.get() == key.bits() | CALLS && !(*l).is_traced() {
            let f = *(*path).slot.get().cast::<Value>();
            let object = end_of(path, Value::table(running(base).env.get()));
            call_metamethod!(f, [object, key], pc, l, dispatch)
        }
        slow!(get_global_slow, pc, base, k, l, dispatch)
    }
}

number_handler! {
    /// One that gets a value. Its node in the environment, or null, is passed on, where the store alone may not be enough.
    #[inline(never)]
    fn set_global_as_told<>(pc, base, k, l, dispatch, node) {
        let env = running(base).env.get();
        let node = passed_node(node);
        if env.metatable.get().is_some()
            && !(*l).is_traced()
            && (if node.is_null() { !env.is_seeded() } else { (*node).value.is_nil() })
            && let Some(f) = metamethod_of(l, &env, Event::NewIndex)
            && !f.is_nil()
        {
            if node.is_null() {
                return place_global(pc, base, k, l, dispatch, none!());
            }
            if let Some(other) = f.as_table() {
                let (key, value) = (*k.add(field_bc!(pc)), *base.add(field_a!(pc)));
                let found = other.node_along(key, hash_of(key));
                if !found.is_null() && storable_again!(l, other, key, (*found).value, value) {
                    (*found).value = value;
                    other.absent.set(0);
                    next!(pc, base, k, l, dispatch)
                }
                slow!(set_global_slow, pc, base, k, l, dispatch)
            }
            return set_global_by_function(pc, base, k, l, dispatch, value_passed(f));
        }
        if node.is_null() {
            slow!(set_global_slow, pc, base, k, l, dispatch)
        }
        return set_global_found(pc, base, k, l, dispatch, node_passed(node));
    }
}

number_handler! {
    /// ... from a metamethod that is no table, and is passed on.
    #[inline(never)]
    fn set_global_by_function<>(pc, base, k, l, dispatch, f) {
        let env = Value::table(running(base).env.get());
        let (key, value) = (*k.add(field_bc!(pc)), *base.add(field_a!(pc)));
        let f = passed_value(f);
        call_metamethod!(f, [env, key, value], pc, l, dispatch);
        slow!(set_global_slow, pc, base, k, l, dispatch)
    }
}

handler! {
    /// ... and whose metatable has a `__newindex`. COMPAT: the key gets a place first.
    #[inline(never)]
    fn place_global(pc, base, k, l, dispatch) {
        let env = running(base).env.get();
        let key = *k.add(field_bc!(pc));
        let (hash, heap) = (hash_of(key), &(*(*l).global).heap);
        let main = env.main_node(hash);
        if env.store_in_vacant(main, key, hash, Value::NIL) {
            return set_global_as_told(pc, base, k, l, dispatch, node_passed(main));
        }
        if env.add_in_node::<true>(heap, main, key, Value::NIL, hash) {
            return set_global_along(pc, base, k, l, dispatch, none!());
        }
        slow!(set_global_slow, pc, base, k, l, dispatch)
    }
}
