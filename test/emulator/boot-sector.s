# Switches from real mode to long mode and jumps into the kernel, with its parameters in RSI as
# Documentation/arch/x86/boot.rst asks for. PAGE_TABLES, PARAMETERS and ENTRY are given by --defsym.
.code16
.globl _start
_start:
    ljmp $0, $1f
1:  cli
    xorw %ax, %ax
    movw %ax, %ds
    inb $0x92, %al          # the A20 line
    orb $2, %al
    andb $0xfe, %al
    outb %al, $0x92
    lgdtl table_pointer
    movl %cr0, %eax
    orl $1, %eax
    movl %eax, %cr0
    ljmpl $8, $protected

.code32
protected:
    movw $0x18, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movl %cr4, %eax
    orl $0x20, %eax         # physical address extension
    movl %eax, %cr4
    movl $PAGE_TABLES, %eax
    movl %eax, %cr3
    movl $0xc0000080, %ecx  # EFER: long mode
    rdmsr
    orl $0x100, %eax
    wrmsr
    movl %cr0, %eax
    orl $0x80000001, %eax   # paging
    movl %eax, %cr0
    ljmpl $0x10, $long

.code64
long:
    movl $PARAMETERS, %esi
    movl $ENTRY, %eax
    jmp *%rax

.balign 8
table:
    .quad 0, 0x00cf9b000000ffff, 0x00af9b000000ffff, 0x00cf93000000ffff
table_pointer:
    .word 31
    .long table
.org 510
    .word 0xaa55
