namespace HpcAgent.Benchmarks;

/// <summary>Without a verb: the harness. With one: a process that is measured by it.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["empty"]:
                // The bare runtime, beside which memory is reported.
                Console.WriteLine(OwnMemory.PeakBytes());
                return 0;
            case ["plan"]:
                PlanProcess.Run();
                return 0;
            case ["reduce", "plain", var path]:
                Console.WriteLine(ReduceProcess.RunPlain(path));
                return 0;
            case ["reduce", var kind, var path]:
                await ReduceProcess.RunAsync(kind, path);
                return 0;
            case ["exact"]:
                ExactProcess.Run();
                return 0;
            case ["accounting", var path]:
                AccountingProcess.Run(path);
                return 0;
            case ["accounting", var path, "make"]:
                AccountingProcess.Make(path, 200_000);
                return 0;
            default:
                return await Harness.RunAsync(Settings.Parse(args));
        }
    }
}
