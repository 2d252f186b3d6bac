// expect: RuntimeError
// reason-contains: AggregateError: All promises were rejected
Promise.any([Promise.reject(new Error('one')), Promise.reject(new Error('two'))]);
