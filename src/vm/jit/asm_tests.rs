//! What the assembler writes, read by objdump, which is told nothing of what was meant.

use std::io::Write;
use std::process::Command;

use super::asm::*;

/// The instructions that `write` makes, one a line, as objdump shows them: without addresses, blanks made one.
fn disassembled(name: &str, write: impl FnOnce(&mut Asm)) -> Option<Vec<String>> {
    // SAFETY: all zero bytes are an Asm.
    let mut asm = unsafe { Box::<Asm>::new_zeroed().assume_init() };
    asm.reset();
    write(&mut asm);
    let code = asm.finish().expect("all fits");
    let path = std::env::temp_dir().join(format!("ferrouslua-asm-{}-{name}", std::process::id()));
    std::fs::File::create(&path).and_then(|mut file| file.write_all(code)).expect("a file for the code");
    let shown = Command::new("objdump")
        .args(["-D", "-b", "binary", "-m", "i386:x86-64", "-M", "intel", "--no-show-raw-insn"])
        .arg(&path)
        .output();
    let _ = std::fs::remove_file(&path);
    let Ok(shown) = shown else {
        eprintln!("skipped: needs objdump");
        return None;
    };
    let text = String::from_utf8(shown.stdout).expect("text");
    let instruction = |line: &str| {
        let (_, instruction) = line.split_once(":\t")?;
        Some(instruction.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    Some(text.lines().filter_map(instruction).collect())
}

#[track_caller]
fn check(name: &str, expected: &[&str], write: impl FnOnce(&mut Asm)) {
    if let Some(shown) = disassembled(name, write) {
        assert_eq!(shown, expected);
    }
}

#[test]
fn addresses_of_all_registers() {
    let expected = [
        "mov rax,QWORD PTR [rsi+0x8]",
        "mov r15,QWORD PTR [rsp+0x0]",
        "mov r9,QWORD PTR [r12+0x7f]",
        "mov rdi,QWORD PTR [r13+0x80]",
        "mov rax,QWORD PTR [rbp+r9*8+0x10]",
        "mov r11,QWORD PTR [r13+r12*8-0x8]",
        "mov r8,QWORD PTR [r12+rax*8+0x1000]",
        "mov eax,DWORD PTR [r10+0x4]",
        "movzx eax,BYTE PTR [rdi+0x0]",
        "movsxd r9,DWORD PTR [rax+0x10]",
        "mov QWORD PTR [r8+r15*8+0x0],r14",
        "mov DWORD PTR [rbx+0xc],r9d",
        "lea rbp,[r12-0x40]",
        "lea r10d,[rax+0x1]",
        "lea r9,[r9+r9*2+0x0]",
        "lea r13,[rbx+rbx*2+0x0]",
    ];
    check("addresses", &expected, |asm| {
        asm.load(RAX, at(RSI, 8));
        asm.load(R15, at(RSP, 0));
        asm.load(R9, at(R12, 127));
        asm.load(RDI, at(R13, 128));
        asm.load(RAX, at_index(RBP, R9, 16));
        asm.load(R11, at_index(R13, R12, -8));
        asm.load(R8, at_index(R12, RAX, 4096));
        asm.load_32(RAX, at(R10, 4));
        asm.load_byte(RAX, at(RDI, 0));
        asm.load_signed(R9, at(RAX, 16));
        asm.store(at_index(R8, R15, 0), R14);
        asm.store_32(at(RBX, 12), R9);
        asm.lea(RBP, Mem { base: R12, index: None, disp: -64 });
        asm.lea_32(R10, at(RAX, 1));
        asm.triple(R9, R9);
        asm.triple(R13, RBX);
    });
}

#[test]
fn whole_numbers() {
    let expected = [
        "mov eax,0x7fffffff",
        "mov r11d,0x80000000",
        "movabs r11,0xfffb000000000000",
        "mov QWORD PTR [rsi+0x78],0xffffffffffffffff",
        "mov DWORD PTR [r15+0x74],0xffffffff",
        "mov WORD PTR [r12+0x2],0x0",
        "mov WORD PTR [r11+0x58],ax",
        "mov WORD PTR [rcx+0x5a],r9w",
        "mov BYTE PTR [r11+0x4],0x1",
        "movzx eax,WORD PTR [r9-0xe]",
        "movzx r11d,WORD PTR [rcx+0x5a]",
        "mov r9,r15",
        "add rax,rdx",
        "and r10,QWORD PTR [r11+0x8]",
        "xor r11,rbx",
        "cmp r9d,DWORD PTR [rbp+0x8]",
        "cmp rax,0xffffffffffffffff",
        "cmp rax,0xffffffffffffb9bd",
        "cmp eax,0xfffa",
        "cmp r9d,0x5",
        "and eax,0x3f",
        "bswap rax",
        "bswap r11",
        "cmp QWORD PTR [rsi+0x10],0x0",
        "cmp DWORD PTR [r11+0x14],0x0",
        "cmp DWORD PTR [r8+0x3a0],0xdeadbeef",
        "cmp WORD PTR [rsi+0x6],0xfffe",
        "cmp WORD PTR [r11+0x2e],0xfffc",
        "cmp WORD PTR [r11+0x54],ax",
        "cmp WORD PTR [rcx+0x54],r9w",
        "cmp BYTE PTR [r9+0x0],0x4",
        "test BYTE PTR [rbx+0x1],0x90",
        "add r9,0x20",
        "add QWORD PTR [r8-0x2a0],0x88",
        "add DWORD PTR [rax+0x2c],0x4000000",
        "or r9d,0xfc000000",
        "and r9d,0x3ffffff",
        "mov BYTE PTR [r10+0x1],al",
        "mov BYTE PTR [rbx+0x1],r9b",
        "add DWORD PTR [rax+0x4],0x1",
        "sub DWORD PTR [rax+0x0],0x1",
        "dec r9",
        "cmovne r11,r9",
        "cmove rax,rbx",
        "div r9d",
        "div ebx",
        "shl r10,0x2",
        "shr r11,0x30",
        "push rbx",
        "push r12",
        "pop r12",
        "pop rbx",
    ];
    check("whole", &expected, |asm| {
        asm.constant(RAX, 0x7fff_ffff);
        asm.constant(R11, 0x8000_0000);
        asm.constant(R11, 0xfffb << 48);
        asm.store_small(at(RSI, 0x78), -1);
        asm.store_small_32(at(R15, 0x74), -1);
        asm.store_16(at(R12, 2), 0);
        asm.store_16_of(at(R11, 0x58), RAX);
        asm.store_16_of(at(RCX, 0x5a), R9);
        asm.store_byte(at(R11, 4), 1);
        asm.load_16(RAX, Mem { base: R9, index: None, disp: -14 });
        asm.load_16(R11, at(RCX, 0x5a));
        asm.copy(R9, R15);
        asm.op(GprOp::Add, RAX, RDX);
        asm.op_mem(GprOp::And, R10, at(R11, 8));
        asm.op(GprOp::Xor, R11, RBX);
        asm.op_mem_32(GprOp::Cmp, R9, at(RBP, 8));
        asm.compare_small(RAX, -1);
        asm.compare_number(RAX, -0x4643);
        asm.compare_32(RAX, 0xfffa);
        asm.compare_32_small(R9, 5);
        asm.mask_small(RAX, 0x3f);
        asm.swap_bytes(RAX);
        asm.swap_bytes(R11);
        asm.compare_mem_small(at(RSI, 16), 0);
        asm.compare_mem_32_small(at(R11, 20), 0);
        asm.compare_mem_32(at(R8, 0x3a0), 0xdead_beef);
        asm.compare_16(at(RSI, 6), 0xfffe);
        asm.compare_16(at(R11, 0x2e), 0xfffc);
        asm.compare_16_with(at(R11, 0x54), RAX);
        asm.compare_16_with(at(RCX, 0x54), R9);
        asm.compare_byte(at(R9, 0), 4);
        asm.test_byte(at(RBX, 1), 0x90);
        asm.add_small(R9, 32);
        asm.add_to_mem(Mem { base: R8, index: None, disp: -0x2a0 }, 136);
        asm.add_to_mem_32(at(RAX, 44), 1 << 26);
        asm.or_32(R9, 0xfc00_0000);
        asm.and_32(R9, 0x03ff_ffff);
        asm.store_byte_of(at(R10, 1), RAX);
        asm.store_byte_of(at(RBX, 1), R9);
        asm.add_one_32(at(RAX, 4));
        asm.subtract_one_32(at(RAX, 0));
        asm.decrement(R9);
        asm.copy_if(Cond::NotEqual, R11, R9);
        asm.copy_if(Cond::Equal, RAX, RBX);
        asm.divide_32(R9);
        asm.divide_32(RBX);
        asm.shift_left(R10, 2);
        asm.shift_right(R11, 48);
        asm.push(RBX);
        asm.push(R12);
        asm.pop(R12);
        asm.pop(RBX);
    });
}

#[test]
fn doubles() {
    let (low, high) = (Xmm(3), Xmm(13));
    let expected = [
        "movsd xmm3,QWORD PTR [rsi+0x8]",
        "movsd xmm13,QWORD PTR [rax+r9*8+0x0]",
        "movsd QWORD PTR [r12+0x0],xmm13",
        "movaps xmm3,xmm13",
        "addsd xmm3,xmm13",
        "subsd xmm13,xmm3",
        "mulsd xmm3,xmm3",
        "divsd xmm13,xmm13",
        "sqrtsd xmm3,xmm13",
        "addsd xmm3,QWORD PTR [rdx+0x10]",
        "andps xmm3,xmm13",
        "andnps xmm13,xmm3",
        "orps xmm3,xmm13",
        "xorps xmm13,xmm13",
        "pcmpeqd xmm13,xmm13",
        "movups XMMWORD PTR [r9+0x10],xmm13",
        "cmpltsd xmm3,xmm13",
        "ucomisd xmm13,xmm3",
        "ucomisd xmm3,QWORD PTR [rdx+0x0]",
        "cvttsd2si r9d,xmm13",
        "cvttsd2si rax,xmm3",
        "xorps xmm13,xmm13",
        "cvtsi2sd xmm13,r9d",
        "xorps xmm3,xmm3",
        "cvtsi2sd xmm3,rax",
        "movq xmm13,r11",
        "movq r11,xmm13",
    ];
    check("doubles", &expected, |asm| {
        asm.load_double(low, at(RSI, 8));
        asm.load_double(high, at_index(RAX, R9, 0));
        asm.store_double(at(R12, 0), high);
        asm.copy_double(low, high);
        asm.copy_double(low, low); // nothing
        asm.sse(SseOp::Add, low, high);
        asm.sse(SseOp::Sub, high, low);
        asm.sse(SseOp::Mul, low, low);
        asm.sse(SseOp::Div, high, high);
        asm.sse(SseOp::Sqrt, low, high);
        asm.sse_mem(SseOp::Add, low, at(RDX, 16));
        asm.bits(BitOp::And, low, high);
        asm.bits(BitOp::AndNot, high, low);
        asm.bits(BitOp::Or, low, high);
        asm.bits(BitOp::Xor, high, high);
        asm.ones(high);
        asm.store_both(at(R9, 16), high);
        asm.less_mask(low, high);
        asm.compare_doubles(high, low);
        asm.compare_double_mem(low, at(RDX, 0));
        asm.truncate_32(R9, high);
        asm.truncate_64(RAX, low);
        asm.widen_32(high, R9);
        asm.widen_64(low, RAX);
        asm.bits_to_double(high, R11);
        asm.bits_of_double(R11, high);
    });
}

#[test]
fn jumps() {
    // 5 + 6 + 6 + 2 bytes before the label at the end.
    let expected = [
        "jmp 0x13",
        "jb 0x0",
        "jp 0x13",
        "jmp rax",
        "jmp QWORD PTR [r8+rax*8+0x0]",
        "call r10",
        "ret",
    ];
    check("jumps", &expected, |asm| {
        let (begin, end) = (asm.label(), asm.label());
        asm.place(begin);
        asm.jump(end);
        asm.jump_if(Cond::Below, begin);
        asm.jump_if(Cond::Unordered, end);
        asm.jump_to_register(RAX);
        asm.place(end);
        asm.jump_through(at_index(R8, RAX, 0));
        asm.call_register(R10);
        asm.ret();
    });
}

#[test]
fn what_does_not_fit_is_told() {
    // SAFETY: all zero bytes are an Asm.
    let mut asm = unsafe { Box::<Asm>::new_zeroed().assume_init() };
    asm.reset();
    for _ in 0..MAX_CODE {
        asm.push(R12);
    }
    assert!(asm.finish().is_none());
    asm.reset();
    for _ in 0..=MAX_LABELS {
        asm.label();
    }
    assert!(asm.finish().is_none());
}
