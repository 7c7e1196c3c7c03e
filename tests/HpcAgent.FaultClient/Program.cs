// Submits a spec like the command line does, and kills itself without warning when a given step was done:
//   fault-client EXPERIMENT CLI_FOLDER SPEC STEP
// It prints the steps that it lived to see, so that a test can learn their names.
using System.Collections;
using System.Diagnostics;
using System.Text.Json;
using HpcAgent.Engine.Local;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Submit;
using HpcAgent.Engine.Storage;

string experiment = args[0];
OperationContext context = new(
    experiment,
    new StateFolder(StateEnvironment.FromProcess()),
    new SupervisorProgram(args[1], "hpc-agent", []),
    Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal))
{
    Steps = new Steps(args[3]),
};
SubmitOperation operation = new();
using JsonDocument spec = JsonDocument.Parse(File.ReadAllText(args[2]));
SubmitResult result = await operation.ExecuteAsync(operation.Read(spec.RootElement), context, CancellationToken.None);
Console.WriteLine($"run {result.Run.RunId}");
return 0;

internal sealed class Steps(string lastStep) : IProgress<string>
{
    public void Report(string value)
    {
        Console.WriteLine($"step {value}");
        Console.Out.Flush();
        if (value == lastStep) Process.GetCurrentProcess().Kill();
    }
}
