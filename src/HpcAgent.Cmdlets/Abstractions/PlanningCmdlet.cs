using System.Collections;
using System.Globalization;
using System.Management.Automation;
using HpcAgent.Engine.Operations.Submit;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Cmdlets;

/// <summary>
/// What planning and submitting share: the tasks, which alone come from the pipeline, and all that describes how to run them. Nothing else
/// is bound from the pipeline, so that a task's own property called Command or Cluster stays the task's.
/// </summary>
public abstract class PlanningCmdlet : EngineCmdlet
{
    protected const string ByCommand = "Command";
    protected const string ByArguments = "ArgumentList";

    private TaskInput? _input;

    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByCommand)]
    public string Command { get; set; } = "";

    [Parameter(Mandatory = true, ParameterSetName = ByArguments)]
    public string[] ArgumentList { get; set; } = [];

    [Parameter]
    [ArgumentCompleter(typeof(ClusterNameCompleter))]
    public string Cluster { get; set; } = "local";

    [Parameter]
    public string? Name { get; set; }

    [Parameter]
    [Alias("ExperimentPath")]
    public string? Path { get; set; }

    [Parameter]
    [WalltimeTransformation]
    public TimeSpan? Walltime { get; set; }

    [Parameter]
    [MemoryTransformation]
    public long? Memory { get; set; }

    [Parameter]
    [ValidateRange(1, 100000)]
    public int? Cpus { get; set; }

    [Parameter]
    [ValidateRange(0, 1000)]
    public int? Gpus { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? MaxConcurrent { get; set; }

    [Parameter]
    [ValidateRange(1, 100000)]
    public int? TasksPerElement { get; set; }

    [Parameter]
    [WalltimeTransformation]
    public TimeSpan? TaskDuration { get; set; }

    [Parameter]
    public IDictionary? Resource { get; set; }

    [Parameter]
    public IDictionary? Environment { get; set; }

    [Parameter]
    public string? Preamble { get; set; }

    [Parameter]
    public string? Shell { get; set; }

    [Parameter]
    public string? ResultPath { get; set; }

    [Parameter]
    [RunIdTransformation]
    [ArgumentCompleter(typeof(RunIdCompleter))]
    public string[]? After { get; set; }

    [Parameter]
    public string? RunId { get; set; }

    /// <summary>The absolute folder of the experiment.</summary>
    protected string ExperimentPath { get; private set; } = "";

    protected override void BeginProcessing() => ExperimentPath = ResolvePath(Path);

    protected override void ProcessRecord()
    {
        if (InputObject is null && !MyInvocation.ExpectingInput) return;
        try
        {
            _input ??= new TaskInput(PlaceholderNames());
            // A list as an argument means its elements, as it would in a pipeline.
            if (!MyInvocation.ExpectingInput && InputObject!.BaseObject is IEnumerable list and not (string or IDictionary))
                foreach (object? item in list) _input.Add(PSObject.AsPSObject(Required(item)));
            else
                _input.Add((PSObject)Required(InputObject));
            if ((_input.Count & 1023) == 0) ShowHere(Progress(_input.Count));
        }
        catch (Exception e) when (IsOurs(e))
        {
            Terminate(ErrorRecords.From(e, InputObject));
        }
    }

    protected sealed override void EndProcessing()
    {
        SubmitRequest request;
        try
        {
            request = Request() with { DryRun = IsDryRun };
        }
        catch (Exception e) when (IsOurs(e))
        {
            Terminate(ErrorRecords.From(e, Command));
            return;
        }
        RunEngine(token => WorkAsync(request, token), Command);
    }

    /// <summary>True if nothing is to be asked of the cluster or sent to it.</summary>
    private protected abstract bool IsDryRun { get; }

    /// <summary>Works on the request, when all tasks have come.</summary>
    private protected abstract Task WorkAsync(SubmitRequest request, CancellationToken token);

    protected override void Dispose(bool disposing)
    {
        if (disposing) _input?.Dispose();
        base.Dispose(disposing);
    }

    private SubmitRequest Request() => SiteResource.Add(Resource, new SubmitRequest
    {
        Cluster = Cluster,
        Name = Name,
        RunId = RunId,
        Command = ParameterSetName == ByCommand ? Command : null,
        Arguments = ParameterSetName == ByArguments ? ArgumentList : null,
        TaskSet = Tasks(),
        Walltime = Seconds(Walltime),
        TasksPerElement = TasksPerElement,
        TaskDuration = Seconds(TaskDuration),
        Memory = Memory is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes}B") : null,
        Cpus = Cpus,
        Gpus = Gpus,
        MaxConcurrent = MaxConcurrent,
        Env = Environment is null ? null : Variables(Environment),
        Preamble = Preamble,
        Shell = Shell,
        ResultDirTemplate = ResultPath,
        After = After,
    });

    private static string? Seconds(TimeSpan? duration) =>
        duration is { } time ? string.Create(CultureInfo.InvariantCulture, $"{(decimal)time.Ticks / TimeSpan.TicksPerSecond}s") : null;

    // From the pipeline, else from .hpc/tasks.ps1; null lets the engine look for another .hpc/tasks file.
    private TaskSet? Tasks()
    {
        if (_input is not null) return _input.ToTaskSet();
        if (MyInvocation.ExpectingInput)
            throw new HpcException(ErrorCode.SpecInvalid, "the pipeline gave no tasks", "Look at what comes before Submit-HpcRun or Get-HpcPlan; for the tasks of .hpc, pipe nothing in.");
        string script = System.IO.Path.Combine(ExperimentPath, ".hpc", "tasks.ps1");
        if (!File.Exists(script)) return null;
        if (TaskFile.FindDefault(ExperimentPath) is { } other)
            throw new HpcException(ErrorCode.SpecInvalid, $"There are several task files: {script}, {other}.", "Keep one of them in .hpc, or pipe in the tasks of one: Import-HpcTaskSet ... | Submit-HpcRun ...");
        _input = new TaskInput(PlaceholderNames());
        TaskScript.Run(this, script, item => _input.Add(PSObject.AsPSObject(Required(item))));
        return _input.ToTaskSet();
    }

    private IReadOnlyList<string> PlaceholderNames() => ParameterSetName == ByCommand
        ? CommandTemplate.PlaceholderNamesIn(Command)
        : CommandTemplate.PlaceholderNamesIn(ArgumentList);

    private static object Required(object? item) => item ?? throw new HpcException(
        ErrorCode.SpecInvalid, "one of the tasks is $null", "Look at what gives the tasks; a parameter may be $null, a task may not.");

    private static Dictionary<string, string> Variables(IDictionary from)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in from)
            variables[entry.Key.ToString() ?? ""] = PlainText.Of(ParameterValue.Normalize(PlainValue.Of(entry.Value)));
        return variables;
    }

    private static ProgressRecord Progress(long count) =>
        new(1, "Reading tasks", string.Create(CultureInfo.InvariantCulture, $"{count:N0} so far"));
}
