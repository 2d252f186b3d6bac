% Parses each source that is named, and runs none. What is wrong is told with its line.
warning ("off", "all");
failed = false;
for name = argv ()'
  try
    __parse_file__ (name{1});
  catch problem
    printf ("%s\n", strrep (problem.message, [pwd filesep], ""));
    failed = true;
  end
end
exit (failed);
