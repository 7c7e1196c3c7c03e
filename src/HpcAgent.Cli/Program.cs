using HpcAgent.Cli;

return await CommandLine.RunAsync(args);
