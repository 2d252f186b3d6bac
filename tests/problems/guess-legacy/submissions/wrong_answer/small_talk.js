console.log("Is it higher than 500000?");
