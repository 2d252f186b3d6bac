;;; Compiles the source that is named to main.fasl. Warnings are told; what cannot be read is an error. Notes of what the compiler
;;; could do better, or has left out, are not told.
(declaim (sb-ext:muffle-conditions sb-ext:compiler-note))
(multiple-value-bind (output warned failed)
    (compile-file (second sb-ext:*posix-argv*) :output-file (merge-pathnames "main.fasl") :verbose nil :print nil)
  (declare (ignore warned failed))
  (sb-ext:exit :code (if output 0 1) :abort t))
