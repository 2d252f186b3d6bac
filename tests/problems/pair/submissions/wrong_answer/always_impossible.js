console.log("impossible");
