;;; Compiles the source that is named to main.fasl. Warnings are told; what cannot be read is an error. Notes of what the compiler
;;; could do better, or has left out, are not told.
;;;
;;; A compiler reads and expands what it has not run: a macro that calls a function of the same file, or a reader that the file changes,
;;; is not there yet. Such a source is loaded form by form when the program runs, as `sbcl --script` does.
(declaim (sb-ext:muffle-conditions sb-ext:compiler-note))

(defun file-text (name)
  (with-open-file (stream name :external-format '(:utf-8 :replacement #\?))
    (let* ((text (make-string (file-length stream))) (length (read-sequence text stream)))
      (subseq text 0 length))))

(defun changes-reader-p (name)
  (let ((text (file-text name)))
    (some (lambda (word) (search word text :test #'char-equal))
          '("*read-default-float-format*" "*read-base*" "*readtable*" "set-macro-character" "set-dispatch-macro-character"))))

(defun compile-source (name)
  (compile-file name :output-file (merge-pathnames "main.fasl") :verbose nil :print nil))

;;; In the place of the program, what loads its source.
(defun compile-loader (name)
  (with-open-file (stream "/tmp/loader.lisp" :direction :output :if-exists :supersede)
    (format stream "(load ~s)" name))
  (compile-source "/tmp/loader.lisp"))

(let ((name (second sb-ext:*posix-argv*)))
  (multiple-value-bind (output warned failed) (compile-source name)
    (declare (ignore warned))
    (when (and output (or failed (changes-reader-p name)))
      (compile-loader name))
    (sb-ext:exit :code (if output 0 1) :abort t)))
