;; Products of float32 matrices: what nearly all of a training step is.
;;
;; multiply: C[i,j] = sum over k of A[i,k] * B[k,j], or C[i,j] += it.
;; Each matrix is told by where it begins and how far apart its neighbors lie, in bytes. So one function
;; serves all three products of a layer: Y = X W, and backward dX = dY W^T and dW = X^T dY, where a
;; transposed matrix is the same numbers with the two distances exchanged.
;;
;; Four rows and eight columns of C are summed at a time, in eight registers of four numbers each. The
;; eight columns of B that they need are first copied together, to $panel (k * 32 bytes), since numbers
;; that lie far apart come slowly. m is a multiple of 4, n of 8; the rows of C lie together.
(module
  (memory (export "memory") 1)
  (func (export "multiply")
    (param $a i32) (param $b i32) (param $c i32)      ;; where A, B and C begin
    (param $m i32) (param $n i32) (param $k i32)      ;; rows of A, columns of B, what both share
    (param $a_row i32) (param $a_next i32)            ;; from a row of A to the next; from k to k + 1
    (param $b_row i32) (param $b_next i32)            ;; from k to k + 1 in B; from a column to the next
    (param $c_row i32)                                ;; from a row of C to the next
    (param $add i32)                                  ;; 1: add to what C holds
    (param $panel i32)                                ;; room for eight columns of B
    (local $i i32) (local $end i32) (local $to i32) (local $from i32)
    (local $a0 i32) (local $a1 i32) (local $a2 i32) (local $a3 i32) (local $out i32) (local $at i32)
    (local $left v128) (local $right v128) (local $value v128)
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local $t0 v128) (local $t1 v128) (local $t2 v128) (local $t3 v128)
    (local.set $end (i32.add (local.get $panel) (i32.shl (local.get $k) (i32.const 5))))
    (loop $columns
      ;; copy eight columns of B together
      (local.set $to (local.get $panel))
      (local.set $from (local.get $b))
      (loop $copy
        (local.set $at (local.get $from))
        (f32.store (local.get $to) (f32.load (local.get $at)))
        (local.set $at (i32.add (local.get $at) (local.get $b_next)))
        (f32.store offset=4 (local.get $to) (f32.load (local.get $at)))
        (local.set $at (i32.add (local.get $at) (local.get $b_next)))
        (f32.store offset=8 (local.get $to) (f32.load (local.get $at)))
        (local.set $at (i32.add (local.get $at) (local.get $b_next)))
        (f32.store offset=12 (local.get $to) (f32.load (local.get $at)))
        (local.set $at (i32.add (local.get $at) (local.get $b_next)))
        (f32.store offset=16 (local.get $to) (f32.load (local.get $at)))
        (local.set $at (i32.add (local.get $at) (local.get $b_next)))
        (f32.store offset=20 (local.get $to) (f32.load (local.get $at)))
        (local.set $at (i32.add (local.get $at) (local.get $b_next)))
        (f32.store offset=24 (local.get $to) (f32.load (local.get $at)))
        (local.set $at (i32.add (local.get $at) (local.get $b_next)))
        (f32.store offset=28 (local.get $to) (f32.load (local.get $at)))
        (local.set $from (i32.add (local.get $from) (local.get $b_row)))
        (br_if $copy (i32.lt_u (local.tee $to (i32.add (local.get $to) (i32.const 32))) (local.get $end))))
      (local.set $i (i32.const 0))
      (local.set $a0 (local.get $a))
      (local.set $out (local.get $c))
      (loop $rows
        (local.set $a1 (i32.add (local.get $a0) (local.get $a_row)))
        (local.set $a2 (i32.add (local.get $a1) (local.get $a_row)))
        (local.set $a3 (i32.add (local.get $a2) (local.get $a_row)))
        (local.set $from (i32.add (local.get $a3) (local.get $a_row))) ;; the next four rows
        (if (local.get $add)
          (then
            (local.set $s0 (v128.load (local.get $out)))
            (local.set $t0 (v128.load offset=16 (local.get $out)))
            (local.set $at (i32.add (local.get $out) (local.get $c_row)))
            (local.set $s1 (v128.load (local.get $at)))
            (local.set $t1 (v128.load offset=16 (local.get $at)))
            (local.set $at (i32.add (local.get $at) (local.get $c_row)))
            (local.set $s2 (v128.load (local.get $at)))
            (local.set $t2 (v128.load offset=16 (local.get $at)))
            (local.set $at (i32.add (local.get $at) (local.get $c_row)))
            (local.set $s3 (v128.load (local.get $at)))
            (local.set $t3 (v128.load offset=16 (local.get $at))))
          (else
            (local.set $s0 (v128.const f32x4 0 0 0 0))
            (local.set $s1 (v128.const f32x4 0 0 0 0))
            (local.set $s2 (v128.const f32x4 0 0 0 0))
            (local.set $s3 (v128.const f32x4 0 0 0 0))
            (local.set $t0 (v128.const f32x4 0 0 0 0))
            (local.set $t1 (v128.const f32x4 0 0 0 0))
            (local.set $t2 (v128.const f32x4 0 0 0 0))
            (local.set $t3 (v128.const f32x4 0 0 0 0))))
        (local.set $to (local.get $panel))
        (loop $sum
          (local.set $left (v128.load (local.get $to)))
          (local.set $right (v128.load offset=16 (local.get $to)))
          (local.set $value (v128.load32_splat (local.get $a0)))
          (local.set $s0 (f32x4.add (local.get $s0) (f32x4.mul (local.get $value) (local.get $left))))
          (local.set $t0 (f32x4.add (local.get $t0) (f32x4.mul (local.get $value) (local.get $right))))
          (local.set $value (v128.load32_splat (local.get $a1)))
          (local.set $s1 (f32x4.add (local.get $s1) (f32x4.mul (local.get $value) (local.get $left))))
          (local.set $t1 (f32x4.add (local.get $t1) (f32x4.mul (local.get $value) (local.get $right))))
          (local.set $value (v128.load32_splat (local.get $a2)))
          (local.set $s2 (f32x4.add (local.get $s2) (f32x4.mul (local.get $value) (local.get $left))))
          (local.set $t2 (f32x4.add (local.get $t2) (f32x4.mul (local.get $value) (local.get $right))))
          (local.set $value (v128.load32_splat (local.get $a3)))
          (local.set $s3 (f32x4.add (local.get $s3) (f32x4.mul (local.get $value) (local.get $left))))
          (local.set $t3 (f32x4.add (local.get $t3) (f32x4.mul (local.get $value) (local.get $right))))
          (local.set $a0 (i32.add (local.get $a0) (local.get $a_next)))
          (local.set $a1 (i32.add (local.get $a1) (local.get $a_next)))
          (local.set $a2 (i32.add (local.get $a2) (local.get $a_next)))
          (local.set $a3 (i32.add (local.get $a3) (local.get $a_next)))
          (br_if $sum (i32.lt_u (local.tee $to (i32.add (local.get $to) (i32.const 32))) (local.get $end))))
        (v128.store (local.get $out) (local.get $s0))
        (v128.store offset=16 (local.get $out) (local.get $t0))
        (local.set $at (i32.add (local.get $out) (local.get $c_row)))
        (v128.store (local.get $at) (local.get $s1))
        (v128.store offset=16 (local.get $at) (local.get $t1))
        (local.set $at (i32.add (local.get $at) (local.get $c_row)))
        (v128.store (local.get $at) (local.get $s2))
        (v128.store offset=16 (local.get $at) (local.get $t2))
        (local.set $at (i32.add (local.get $at) (local.get $c_row)))
        (v128.store (local.get $at) (local.get $s3))
        (v128.store offset=16 (local.get $at) (local.get $t3))
        (local.set $out (i32.add (local.get $at) (local.get $c_row)))
        (local.set $a0 (local.get $from))
        (br_if $rows (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (local.get $m))))
      (local.set $b (i32.add (local.get $b) (i32.shl (local.get $b_next) (i32.const 3))))
      (local.set $c (i32.add (local.get $c) (i32.const 32)))
      (br_if $columns (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 8))) (i32.const 0))))))
