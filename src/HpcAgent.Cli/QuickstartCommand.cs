using System.CommandLine;
using System.Text.Json;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Aggregation;
using HpcAgent.Engine.Operations.Status;
using HpcAgent.Engine.Operations.Submit;
using Spectre.Console;

namespace HpcAgent.Cli;

/// <summary><c>hpc-agent quickstart</c>: makes the README's experiment, runs it on this machine and shows what came out.</summary>
internal static class QuickstartCommand
{
    public static Command Create()
    {
        Argument<string> folder = new("folder")
        {
            Description = "Where the experiment is made; it is left there for you to look at.",
            DefaultValueFactory = _ => "hpc-quickstart",
        };
        Command command = new("quickstart", "Makes a small real experiment, runs it on this machine and checks its result against certified values.");
        command.Arguments.Add(folder);
        command.SetAction((parsed, cancellationToken) => RunAsync(Path.GetFullPath(parsed.GetValue(folder)!), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string folder, CancellationToken cancellationToken)
    {
        bool isTerminal = !Console.IsOutputRedirected;
        try
        {
            Quickstart.Scaffold(folder);
            return isTerminal ? await ShowAsync(folder, cancellationToken) : await AnswerAsync(folder, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
        catch (Exception e) when (isTerminal)
        {
            HpcException error = e as HpcException ?? new HpcException(ErrorCode.Internal, e.Message, inner: e);
            AnsiConsole.MarkupLineInterpolated($"[red]{error.Message}[/]");
            AnsiConsole.MarkupLineInterpolated($"{error.Remediation ?? ErrorCatalogue.Entry(error.Code).Remediation}");
            return ErrorCatalogue.Entry(error.Code).ExitCode;
        }
        catch (HpcException e)
        {
            using Stream output = Console.OpenStandardOutput();
            return Envelope.WriteError(e, output);
        }
    }

    private static async Task<int> AnswerAsync(string folder, CancellationToken cancellationToken)
    {
        OperationContext context = CliContext.Create(folder)();
        Run run = await SubmitAsync(context, cancellationToken);
        MonitorResult end = await new MonitorOperation().ExecuteAsync(new MonitorRequest { RunId = run.RunId }, context, cancellationToken);
        AggregateResult result = await ReduceAsync(run, context, cancellationToken);
        AggregateGroup best = Quickstart.Best(result.Aggregate!);
        Envelope.WriteSuccess(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("run_id"u8, run.RunId);
            writer.WriteString("experiment_dir"u8, folder);
            writer.WriteString("lifecycle_state"u8, end.State == LifecycleState.Complete ? "complete" : end.State.ToString().ToLowerInvariant());
            writer.WriteNumber("elapsed_seconds"u8, Math.Round(end.Elapsed.TotalSeconds, 3));
            writer.WriteStartObject("best"u8);
            writer.WriteNumber("degree"u8, (long)best.Key["degree"]!);
            foreach ((string metric, double certified) in Quickstart.Certified)
            {
                if (Quickstart.Mean(best, metric) is not { } value) continue;
                writer.WriteStartObject(metric);
                writer.WriteNumber("value"u8, value);
                writer.WriteNumber("certified"u8, certified);
                writer.WriteNumber("digits"u8, Math.Round(Quickstart.Digits(value, certified), 1));
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
            writer.WritePropertyName("aggregate"u8);
            AggregateJson.Write(writer, result.Aggregate!);
            writer.WriteEndObject();
        });
        return end.State == LifecycleState.Complete ? 0 : 2;
    }

    private static async Task<int> ShowAsync(string folder, CancellationToken cancellationToken)
    {
        AnsiConsole.MarkupLineInterpolated($"The experiment is in [bold]{folder}[/]: polynomials fitted to a NIST reference data set.");
        Run run = await SubmitAsync(CliContext.Create(folder)(), cancellationToken);
        string found = run.Deduplicated ? ", already there," : "";
        AnsiConsole.MarkupLineInterpolated($"Run [bold]{run.RunId}[/]: {run.TaskCount} tasks{found} of [grey]{run.Command}[/]");
        MonitorResult end = await WatchAsync(folder, run, cancellationToken);
        AggregateResult result = await ReduceAsync(run, CliContext.Create(folder)(), cancellationToken);
        QuickstartReport.Show(result.Aggregate!);
        AnsiConsole.MarkupLineInterpolated(
            $"{end.Status.Counts.CompleteCount} of {run.TaskCount} tasks complete in {end.Elapsed.TotalSeconds:0.0} s. Written to [grey]{result.OutputFolder}[/]");
        string program = Path.GetRelativePath(Environment.CurrentDirectory, Environment.ProcessPath ?? "hpc-agent");
        string experiment = Path.GetRelativePath(Environment.CurrentDirectory, folder);
        AnsiConsole.MarkupLineInterpolated($"Look closer: [bold]{program} status --experiment-dir {experiment} --run-id {run.RunId} --tasks[/]");
        return end.State == LifecycleState.Complete ? 0 : 2;
    }

    private static Task<MonitorResult> WatchAsync(string folder, Run run, CancellationToken cancellationToken) => AnsiConsole.Progress()
        .AutoClear(false)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new SpinnerColumn())
        .StartAsync(async progress =>
        {
            ProgressTask bar = progress.AddTask("waiting for the first task", maxValue: run.TaskCount);
            DirectProgress<RunStatus> looks = new(status =>
            {
                bar.Value = status.Counts.TotalCount - status.Counts.PendingCount - status.Counts.RunningCount;
                string failed = status.Counts.UnsuccessfulCount > 0 ? $", [red]{status.Counts.UnsuccessfulCount} failed[/]" : "";
                bar.Description = $"{status.Counts.CompleteCount} complete, {status.Counts.RunningCount} running{failed}";
            });
            return await new MonitorOperation().ExecuteAsync(
                new MonitorRequest { RunId = run.RunId, PollIntervalSeconds = 0.1 }, CliContext.Create(folder, looks)(), cancellationToken);
        });

    private static async Task<Run> SubmitAsync(OperationContext context, CancellationToken cancellationToken)
    {
        using JsonDocument spec = SpecFile.Read(Path.Combine(context.ExperimentPath, "spec.json"));
        SubmitOperation operation = new();
        return (await operation.ExecuteAsync(operation.Read(spec.RootElement), context, cancellationToken)).Run;
    }

    private static Task<AggregateResult> ReduceAsync(Run run, OperationContext context, CancellationToken cancellationToken) =>
        new AggregateOperation().ExecuteAsync(new AggregateRequest { RunId = run.RunId, By = ["degree"] }, context, cancellationToken);
}
