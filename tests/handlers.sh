#!/bin/sh
# The interpreter's handlers as machine code: a handler must jump to the next one. A real call saves
# registers around it, and where a handler calls and returns, the machine stack grows.
#
# usage: handlers.sh LIBRARY (a release build, with its symbols)
#
# Fails if a handler that is not listed under CALLS has a call or a return, if one that is listed under
# FREE saves a register, or if a listed name is not in the library.

lib=$1
if ! command -v objdump >/dev/null || [ "$(uname -m)" != x86_64 ]; then
	echo "skipped: needs objdump, and x86-64"
	exit 0
fi

# What may call: workers are called here, or builtins, or the rare part of a search.
CALLS="asking::ask_on arith::arith_slow arith::concat_short arith::concat_worker arith::power arith::unm_slow
calls::bad_instruction calls::call_any calls::tail_call_closing calls::tail_call_worker
continue_by_worker halt unreachable_word
fast::coroutine::after_resume fast::coroutine::after_wrapped fast::coroutine::rethrow fast::coroutine::yield_to_c fast::ends::end_by_worker
fast::items::insert_far fast::math::acos fast::math::asin fast::math::atan fast::math::atan2 fast::math::cos fast::math::cosh
fast::math::exp fast::math::fmod fast::math::log fast::math::log10 fast::math::pow fast::math::random fast::math::sin
fast::math::sinh fast::math::tan fast::math::tanh fast::items::next fast::protect::after_pcall fast::protect::pcall_native fast::substring::part fast::substring::sub_made fast::word::make fast::word::made
compare::order_any_texts fast::spoken::after_spoken fast::spoken::tostring_by_native fast::spoken::tostring_spoken fast::values::getmetatable fast::values::getmetatable_other fast::values::number_of fast::values::tonumber_other fast::values::tostring fast::values::type_name
loads::close_slow loads::get_global_far loads::get_global_slow loads::set_global_far
loads::set_global_slow globals::place_global loads::set_upval_barrier loads::vararg_slow
loops::for_prep_slow metamethods::add_key metamethods::eq_worker metamethods::index_worker metamethods::order_worker
metamethods::set_index_worker metamethods::place_key metamethods::add_to_other named::set_name_absent make::closure_worker make::new_table_worker make::set_list loops::tfor_ipairs_far loops::tfor_next_far loops::tfor_worker
native_call::hot_call native_call::hot_tail_call native_call::hot_entrance native_call::hot_entry native_loop::back_to_code native_loop::give_up native_loop::hot native_loop::hot_generic native::after_builtin native::after_foreign native::call_foreign native::call_builtin native::call_worker native::metamethod_worker
native::metamethod_rest native::native_metamethod returns::return_1_closing returns::return_closing returns::return_rest returns::return_slow
tables::get_const_slow inherited::get_field_by_any_function inherited::find_path inherited::learn tables::get_table_slow
tables::add_word tables::len_slow fields::self_any tables::set_const_slow
tables::set_table_slow"

# What must do with the registers that nobody needs back.
FREE="arith::arith modulo::modulo modulo::modulo_whole arith::unm compare::eq compare::eq_number compare::eq_word compare::order compare::order_texts
fast::coroutine::resume fast::coroutine::tfor_wrapped fast::coroutine::yield_values fast::math::floor fast::math::max fast::math::sqrt fast::text::byte
loads::get_global loads::set_global loads::get_upval loads::vararg loads::jmp loads::jmp_back loads::load_bool loads::load_k loads::load_nil loads::move
loads::not loads::set_upval loads::test loads::test_set loops::for_loop loops::for_prep loops::tfor_test
returns::return_0 returns::return_1 returns::return_1_number returns::return_n returns::return_n_plain returns::return_open
fields::get_field fields::set_field tables::get_int tables::get_table tables::set_table tables::len
fast::items::insert fast::items::remove fast::protect::pcall continue_builtin loops::tfor_ipairs native_loop::enter_native"

objdump -d --no-show-raw-insn -C "$lib" | awk -v calls="$CALLS" -v free="$FREE" '
	BEGIN {
		n = split(calls, names); for (i = 1; i <= n; i++) may_call[names[i]] = 1
		n = split(free, names); for (i = 1; i <= n; i++) may_not_save[names[i]] = 1
	}
	/^[0-9a-f]+ <.*>:$/ {
		name = ""
		# Hooks and limits run other handlers; they may take their time.
		if (/<ferrouslua::vm::interp::/ && !/interp::(hooked|counted|trampoline)::/) {
			name = $0
			sub(/.*<ferrouslua::vm::interp::/, "", name); sub(/>:$/, "", name); sub(/::<.*/, "", name) # its parameters
			if (!(name in seen)) count++
			seen[name] = 1
		}
		next
	}
	name == "" { next }
	$2 == "call" || $2 == "ret" {
		if (!(name in may_call)) complain(name " has a " $2 " and is not listed as calling")
	}
	$2 == "push" {
		if (name in may_not_save) complain(name " saves a register and is listed as free of that")
	}
	function complain(text) {
		if (!(text in said)) print text
		said[text] = 1
		failed = 1
	}
	END {
		for (name in may_call) if (!(name in seen)) complain(name " is listed and not in the library")
		for (name in may_not_save) if (!(name in seen)) complain(name " is listed and not in the library")
		if (count < 100) complain("only " count + 0 " handlers were found: expected at least 100")
		if (!failed) print count " handlers: calls only where listed"
		exit failed
	}'
