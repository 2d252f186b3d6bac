; expect: MemoryLimitExceeded
; limits: memory_bytes=134217728 cpu_ms=4000
; reason-contains: Heap exhausted: more memory was needed than is allowed
(defvar *data* nil)
(loop (push (make-array (ash 1 20) :element-type '(unsigned-byte 8) :initial-element 1) *data*))
