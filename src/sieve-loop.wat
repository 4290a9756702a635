;; The loop of src/sieve.ts over bytes that lie in this memory. Twice as fast as what V8 makes of the same loop in JavaScript,
;; since nothing here has to be asked whether it lies within its bounds.
;; `node scripts/sieve-loop.mjs` assembles it into src/sieve-loop.ts.
(module
  ;; 0: the table of the sieve. 65536: the two bytes that may stand beside the words of each slot. From 131072 on: bytes to be looked at.
  (import "sieve" "memory" (memory 3))

  ;; Gives where the next word stands, in steps of 8 bytes from `at` on, that passes the table and whose neighbours do; `end` or more where none does.
  ;; The bytes that are looked at begin at `base`, and `limit` is behind their last; `end`: behind the last whole word.
  (func (export "next") (param $at i32) (param $end i32) (param $base i32) (param $limit i32) (param $multiplier i32) (result i32)
    (local $product i32)
    (local $sides i32)
    (local $stop i32)
    (local.set $stop (i32.sub (local.get $end) (i32.const 28)))
    (loop $search
      (block $passed
        (loop $four
          (if (i32.lt_s (local.get $at) (local.get $stop)) (then
            (br_if $passed (i32.eqz (i32.and (local.tee $product (i32.mul (i32.load (local.get $at)) (local.get $multiplier))) (i32.load (i32.shl (i32.shr_u (local.get $product) (i32.const 18)) (i32.const 2))))))
            (if (i32.eqz (i32.and (local.tee $product (i32.mul (i32.load offset=8 (local.get $at)) (local.get $multiplier))) (i32.load (i32.shl (i32.shr_u (local.get $product) (i32.const 18)) (i32.const 2))))) (then
              (local.set $at (i32.add (local.get $at) (i32.const 8)))
              (br $passed)))
            (if (i32.eqz (i32.and (local.tee $product (i32.mul (i32.load offset=16 (local.get $at)) (local.get $multiplier))) (i32.load (i32.shl (i32.shr_u (local.get $product) (i32.const 18)) (i32.const 2))))) (then
              (local.set $at (i32.add (local.get $at) (i32.const 16)))
              (br $passed)))
            (if (i32.eqz (i32.and (local.tee $product (i32.mul (i32.load offset=24 (local.get $at)) (local.get $multiplier))) (i32.load (i32.shl (i32.shr_u (local.get $product) (i32.const 18)) (i32.const 2))))) (then
              (local.set $at (i32.add (local.get $at) (i32.const 24)))
              (br $passed)))
            (local.set $at (i32.add (local.get $at) (i32.const 32)))
            (br $four))))
        (loop $one
          (if (i32.ge_s (local.get $at) (local.get $end)) (then (return (local.get $at))))
          (br_if $passed (i32.eqz (i32.and (local.tee $product (i32.mul (i32.load (local.get $at)) (local.get $multiplier))) (i32.load (i32.shl (i32.shr_u (local.get $product) (i32.const 18)) (i32.const 2))))))
          (local.set $at (i32.add (local.get $at) (i32.const 8)))
          (br $one)))
      ;; 0 is no anchor's word, and has none of the bits of any slot.
      (if (local.get $product) (then
        (if (i32.or (i32.eq (local.get $at) (local.get $base)) (i32.ge_s (i32.add (local.get $at) (i32.const 4)) (local.get $limit))) (then (return (local.get $at))))
        (local.set $sides (i32.load offset=65536 (i32.shl (i32.shr_u (local.get $product) (i32.const 18)) (i32.const 2))))
        (if (i32.and (i32.and
              (i32.shr_u (local.get $sides) (i32.and (i32.load8_u (i32.sub (local.get $at) (i32.const 1))) (i32.const 15)))
              (i32.shr_u (local.get $sides) (i32.or (i32.and (i32.load8_u offset=4 (local.get $at)) (i32.const 15)) (i32.const 16))))
            (i32.const 1)) (then (return (local.get $at))))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br $search))
    (unreachable)))
