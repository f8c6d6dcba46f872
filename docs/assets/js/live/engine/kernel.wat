;; The loops into which nearly all the time of a language model goes, four numbers at a time.
;; weights.js, beside this file, says the same in JavaScript, for browsers that cannot run these.
(module
  ;; The memory holds the model's file, and room for the vectors.
  (import "page" "memory" (memory 1))

  ;; y[r] = scale[r] * unit * (sum over c of w[r][c] * (high[c] + low[c] / 32768)), four rows at a time and eight
  ;; columns. The vector comes in two halves of 16 bits, since whole numbers are multiplied in half the time.
  ;; All but rows, columns and unit are addresses; the number of rows divides by 4, that of columns by 8. A
  ;; sum stands in four parts, and none overflows with up to 2064 columns.
  (func (export "times")
    (param $high i32) (param $low i32) (param $w i32) (param $scale i32) (param $y i32)
    (param $rows i32) (param $columns i32) (param $unit f32)
    (local $at i32) (local $end i32) (local $last i32) (local $w1 i32) (local $w2 i32) (local $w3 i32)
    (local $x v128) (local $rest v128) (local $eight v128)
    (local $a0 v128) (local $a1 v128) (local $a2 v128) (local $a3 v128)
    (local $b0 v128) (local $b1 v128) (local $b2 v128) (local $b3 v128)
    (local.set $end (i32.shl (local.get $columns) (i32.const 1)))
    (local.set $last (i32.add (local.get $y) (i32.shl (local.get $rows) (i32.const 2))))
    (loop $rows_left
      (local.set $w1 (i32.add (local.get $w) (local.get $columns)))
      (local.set $w2 (i32.add (local.get $w1) (local.get $columns)))
      (local.set $w3 (i32.add (local.get $w2) (local.get $columns)))
      (local.set $a0 (v128.const i32x4 0 0 0 0)) (local.set $b0 (v128.const i32x4 0 0 0 0))
      (local.set $a1 (v128.const i32x4 0 0 0 0)) (local.set $b1 (v128.const i32x4 0 0 0 0))
      (local.set $a2 (v128.const i32x4 0 0 0 0)) (local.set $b2 (v128.const i32x4 0 0 0 0))
      (local.set $a3 (v128.const i32x4 0 0 0 0)) (local.set $b3 (v128.const i32x4 0 0 0 0))
      (local.set $at (i32.const 0))
      (loop $columns_left
        (local.set $x (v128.load (i32.add (local.get $high) (local.get $at))))
        (local.set $rest (v128.load (i32.add (local.get $low) (local.get $at))))
        ;; Eight weights of 8 bits become eight of 16; times eight numbers they are four sums of two products.
        (local.set $eight (v128.load8x8_s (local.get $w)))
        (local.set $a0 (i32x4.add (local.get $a0) (i32x4.dot_i16x8_s (local.get $eight) (local.get $x))))
        (local.set $b0 (i32x4.add (local.get $b0) (i32x4.dot_i16x8_s (local.get $eight) (local.get $rest))))
        (local.set $w (i32.add (local.get $w) (i32.const 8)))
        (local.set $eight (v128.load8x8_s (local.get $w1)))
        (local.set $a1 (i32x4.add (local.get $a1) (i32x4.dot_i16x8_s (local.get $eight) (local.get $x))))
        (local.set $b1 (i32x4.add (local.get $b1) (i32x4.dot_i16x8_s (local.get $eight) (local.get $rest))))
        (local.set $w1 (i32.add (local.get $w1) (i32.const 8)))
        (local.set $eight (v128.load8x8_s (local.get $w2)))
        (local.set $a2 (i32x4.add (local.get $a2) (i32x4.dot_i16x8_s (local.get $eight) (local.get $x))))
        (local.set $b2 (i32x4.add (local.get $b2) (i32x4.dot_i16x8_s (local.get $eight) (local.get $rest))))
        (local.set $w2 (i32.add (local.get $w2) (i32.const 8)))
        (local.set $eight (v128.load8x8_s (local.get $w3)))
        (local.set $a3 (i32x4.add (local.get $a3) (i32x4.dot_i16x8_s (local.get $eight) (local.get $x))))
        (local.set $b3 (i32x4.add (local.get $b3) (i32x4.dot_i16x8_s (local.get $eight) (local.get $rest))))
        (local.set $w3 (i32.add (local.get $w3) (i32.const 8)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $columns_left (i32.lt_u (local.get $at) (local.get $end))))
      (v128.store (local.get $y)
        (f32x4.mul
          (f32x4.mul (v128.load (local.get $scale)) (f32x4.splat (local.get $unit)))
          (f32x4.add
            (call $sums (local.get $a0) (local.get $a1) (local.get $a2) (local.get $a3))
            (f32x4.mul
              (v128.const f32x4 0x1p-15 0x1p-15 0x1p-15 0x1p-15)
              (call $sums (local.get $b0) (local.get $b1) (local.get $b2) (local.get $b3))))))
      (local.set $w (local.get $w3))
      (local.set $scale (i32.add (local.get $scale) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (br_if $rows_left (i32.lt_u (local.get $y) (local.get $last)))))

  ;; A vector in two halves of 16 bits, x[c] = unit * (high[c] + low[c] / 32768); the unit is the result. Its length
  ;; divides by 8.
  (func (export "halve")
    (param $x i32) (param $high i32) (param $low i32) (param $length i32) (result f32)
    (local $at i32) (local $end i32) (local $most v128) (local $unit f32) (local $inverse v128)
    (local $a v128) (local $b v128) (local $whole_a v128) (local $whole_b v128)
    (local.set $at (local.get $x))
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $length) (i32.const 2))))
    (loop $largest
      (local.set $most (f32x4.max (local.get $most) (f32x4.abs (v128.load (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $largest (i32.lt_u (local.get $at) (local.get $end))))
    (local.set $unit (f32.div
      (f32.max
        (f32.max (f32x4.extract_lane 0 (local.get $most)) (f32x4.extract_lane 1 (local.get $most)))
        (f32.max (f32x4.extract_lane 2 (local.get $most)) (f32x4.extract_lane 3 (local.get $most))))
      (f32.const 32767)))
    (if (f32.eq (local.get $unit) (f32.const 0)) (then (local.set $unit (f32.const 1))))
    (local.set $inverse (f32x4.splat (f32.div (f32.const 1) (local.get $unit))))
    (loop $eight
      (local.set $a (f32x4.mul (v128.load (local.get $x)) (local.get $inverse)))
      (local.set $b (f32x4.mul (v128.load offset=16 (local.get $x)) (local.get $inverse)))
      (local.set $whole_a (i32x4.trunc_sat_f32x4_s (local.get $a)))
      (local.set $whole_b (i32x4.trunc_sat_f32x4_s (local.get $b)))
      (v128.store (local.get $high) (i16x8.narrow_i32x4_s (local.get $whole_a) (local.get $whole_b)))
      (local.set $a (f32x4.sub (local.get $a) (f32x4.convert_i32x4_s (local.get $whole_a))))
      (local.set $b (f32x4.sub (local.get $b) (f32x4.convert_i32x4_s (local.get $whole_b))))
      (v128.store (local.get $low) (i16x8.narrow_i32x4_s
        (i32x4.trunc_sat_f32x4_s (f32x4.mul (local.get $a) (v128.const f32x4 0x1p15 0x1p15 0x1p15 0x1p15)))
        (i32x4.trunc_sat_f32x4_s (f32x4.mul (local.get $b) (v128.const f32x4 0x1p15 0x1p15 0x1p15 0x1p15)))))
      (local.set $x (i32.add (local.get $x) (i32.const 32)))
      (local.set $high (i32.add (local.get $high) (i32.const 16)))
      (local.set $low (i32.add (local.get $low) (i32.const 16)))
      (br_if $eight (i32.lt_u (local.get $x) (local.get $end))))
    (local.get $unit))

  ;; Four sums that stand in four parts each become one vector of four: rows 0 and 1 in two parts each, then rows 2
  ;; and 3, then all.
  (func $sums (param $s0 v128) (param $s1 v128) (param $s2 v128) (param $s3 v128) (result v128)
    (local.set $s0 (f32x4.convert_i32x4_s (local.get $s0)))
    (local.set $s1 (f32x4.convert_i32x4_s (local.get $s1)))
    (local.set $s2 (f32x4.convert_i32x4_s (local.get $s2)))
    (local.set $s3 (f32x4.convert_i32x4_s (local.get $s3)))
    (local.set $s0 (f32x4.add
      (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $s0) (local.get $s1))
      (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $s0) (local.get $s1))))
    (local.set $s2 (f32x4.add
      (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $s2) (local.get $s3))
      (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $s2) (local.get $s3))))
    (f32x4.add
      (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $s0) (local.get $s2))
      (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $s0) (local.get $s2))))

  ;; y[r] = sum over c of x[c] * table[r][c]. The rows of the table begin `stride` bytes apart; the number
  ;; of columns divides by 4.
  (func (export "matches")
    (param $x i32) (param $table i32) (param $y i32) (param $rows i32) (param $columns i32) (param $stride i32)
    (local $at i32) (local $end i32) (local $sum v128)
    (local.set $end (i32.shl (local.get $columns) (i32.const 2)))
    (loop $rows_left
      (local.set $sum (v128.const f32x4 0 0 0 0))
      (local.set $at (i32.const 0))
      (loop $columns_left
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul
          (v128.load (i32.add (local.get $x) (local.get $at)))
          (v128.load (i32.add (local.get $table) (local.get $at))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $columns_left (i32.lt_u (local.get $at) (local.get $end))))
      (f32.store (local.get $y) (f32.add
        (f32.add (f32x4.extract_lane 0 (local.get $sum)) (f32x4.extract_lane 1 (local.get $sum)))
        (f32.add (f32x4.extract_lane 2 (local.get $sum)) (f32x4.extract_lane 3 (local.get $sum)))))
      (local.set $table (i32.add (local.get $table) (local.get $stride)))
      (local.set $y (i32.add (local.get $y) (i32.const 4)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br_if $rows_left (local.get $rows))))

  ;; y[c] = sum over r of x[r] * table[r][c]
  (func (export "mixed")
    (param $x i32) (param $table i32) (param $y i32) (param $rows i32) (param $columns i32) (param $stride i32)
    (local $at i32) (local $row i32) (local $end i32) (local $sum v128)
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $rows) (i32.const 2))))
    (loop $columns_left
      (local.set $sum (v128.const f32x4 0 0 0 0))
      (local.set $at (local.get $x))
      (local.set $row (local.get $table))
      (loop $rows_left
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul
          (v128.load32_splat (local.get $at))
          (v128.load (local.get $row)))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (local.set $row (i32.add (local.get $row) (local.get $stride)))
        (br_if $rows_left (i32.lt_u (local.get $at) (local.get $end))))
      (v128.store (local.get $y) (local.get $sum))
      (local.set $table (i32.add (local.get $table) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (local.set $columns (i32.sub (local.get $columns) (i32.const 4)))
      (br_if $columns_left (local.get $columns))))

  ;; Shares that sum to 1, in place of the matches: exp(factor * match), over the sum of all. What is largest is taken
  ;; away first, so that nothing overflows. Their number divides by 4.
  (func (export "shares") (param $x i32) (param $length i32) (param $factor f32)
    (local $at i32) (local $end i32) (local $most v128) (local $power v128) (local $sum v128)
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $length) (i32.const 2))))
    (local.set $most (v128.load (local.get $x)))
    (local.set $at (local.get $x))
    (loop $largest
      (local.set $most (f32x4.max (local.get $most) (v128.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $largest (i32.lt_u (local.get $at) (local.get $end))))
    (local.set $most (f32x4.splat (f32.max
      (f32.max (f32x4.extract_lane 0 (local.get $most)) (f32x4.extract_lane 1 (local.get $most)))
      (f32.max (f32x4.extract_lane 2 (local.get $most)) (f32x4.extract_lane 3 (local.get $most))))))
    (local.set $at (local.get $x))
    (loop $powers
      (local.set $power (call $exp (f32x4.mul
        (f32x4.sub (v128.load (local.get $at)) (local.get $most))
        (f32x4.splat (local.get $factor)))))
      (v128.store (local.get $at) (local.get $power))
      (local.set $sum (f32x4.add (local.get $sum) (local.get $power)))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $powers (i32.lt_u (local.get $at) (local.get $end))))
    (local.set $sum (f32x4.splat (f32.div (f32.const 1) (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $sum)) (f32x4.extract_lane 1 (local.get $sum)))
      (f32.add (f32x4.extract_lane 2 (local.get $sum)) (f32x4.extract_lane 3 (local.get $sum)))))))
    (loop $quotients
      (v128.store (local.get $x) (f32x4.mul (v128.load (local.get $x)) (local.get $sum)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (br_if $quotients (i32.lt_u (local.get $x) (local.get $end)))))

  ;; GELU, in place: x / (1 + exp(-2 * sqrt(2 / pi) * x * (1 + 0.044715 * x * x))). The length divides by 4.
  (func (export "gelu") (param $x i32) (param $length i32)
    (local $end i32) (local $value v128)
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $length) (i32.const 2))))
    (loop $four
      (local.set $value (v128.load (local.get $x)))
      (v128.store (local.get $x) (f32x4.div (local.get $value) (f32x4.add
        (v128.const f32x4 1 1 1 1)
        (call $exp (f32x4.mul
          (f32x4.mul
            (v128.const f32x4 -1.5957691216 -1.5957691216 -1.5957691216 -1.5957691216)
            (local.get $value))
          (f32x4.add (v128.const f32x4 1 1 1 1) (f32x4.mul
            (v128.const f32x4 0.044715 0.044715 0.044715 0.044715)
            (f32x4.mul (local.get $value) (local.get $value)))))))))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (br_if $four (i32.lt_u (local.get $x) (local.get $end)))))

  ;; e to the power of four numbers, to about 2e-7 of each; below -87 it is taken for -87, above 88 for 88. A power is
  ;; 2^whole * e^rest with a rest of at most ln(2) / 2, for which the first seven terms of the series are enough.
  (func $exp (param $x v128) (result v128)
    (local $whole v128)
    (local.set $x (f32x4.min
      (f32x4.max (local.get $x) (v128.const f32x4 -87 -87 -87 -87))
      (v128.const f32x4 88 88 88 88)))
    (local.set $whole (f32x4.nearest (f32x4.mul
      (local.get $x)
      (v128.const f32x4 1.44269504 1.44269504 1.44269504 1.44269504))))
    ;; ln(2) in two parts, of which the first times a whole number is exact.
    (local.set $x (f32x4.sub
      (f32x4.sub (local.get $x) (f32x4.mul
        (local.get $whole)
        (v128.const f32x4 0.693359375 0.693359375 0.693359375 0.693359375)))
      (f32x4.mul
        (local.get $whole)
        (v128.const f32x4 -2.12194440e-4 -2.12194440e-4 -2.12194440e-4 -2.12194440e-4))))
    (f32x4.mul
      (call $term (local.get $x) (v128.const f32x4 1 1 1 1)
        (call $term (local.get $x) (v128.const f32x4 1 1 1 1)
          (call $term (local.get $x) (v128.const f32x4 0.5 0.5 0.5 0.5)
            (call $term (local.get $x)
              (v128.const f32x4 0.166666667 0.166666667 0.166666667 0.166666667)
              (call $term (local.get $x)
                (v128.const f32x4 0.0416666667 0.0416666667 0.0416666667 0.0416666667)
                (call $term (local.get $x)
                  (v128.const f32x4 0.00833333333 0.00833333333 0.00833333333 0.00833333333)
                  (v128.const f32x4 0.00138888889 0.00138888889 0.00138888889 0.00138888889)))))))
      ;; 2^whole, put together from its bits: the exponent of a number of 32 bits begins at bit 23, and 127 is 2^0.
      (i32x4.shl
        (i32x4.add (i32x4.trunc_sat_f32x4_s (local.get $whole)) (v128.const i32x4 127 127 127 127))
        (i32.const 23))))

  ;; first + x * others
  (func $term (param $x v128) (param $first v128) (param $others v128) (result v128)
    (f32x4.add (local.get $first) (f32x4.mul (local.get $x) (local.get $others)))))
