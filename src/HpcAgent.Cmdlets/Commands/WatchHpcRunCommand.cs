using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using HpcAgent.Engine.Operations.Status;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsCommon.Watch, "HpcRun")]
[OutputType(typeof(RunStatus))]
public sealed class WatchHpcRunCommand : WaitingCmdlet
{
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OnChange { get; set; }

    private protected override async Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token)
    {
        ShowAtOnce();
        int? width = await OnPipelineAsync(Width);
        await WaitForAllAsync(targets, new WatchOptions { OnChange = OnChange, AutoRetry = Policy }, width is { } known ? InPlace(known) : Plain(), token, isTold: width is not null);
    }

    private Action<WatchedRun> InPlace(int width)
    {
        WatchLines lines = new(width);
        return look => Show(lines.Take(look), isUrgent: look.IsOver || look.NextLookAt - look.Status?.ObservedAt > TimeSpan.FromSeconds(1));
    }

    // One line for each change, as Write-Host writes it: it stays apart from the statuses.
    private Action<WatchedRun> Plain()
    {
        Dictionary<int, WatchedRun> last = [];
        return look =>
        {
            string? change = look.IsOver && look.Error is not null ? null : WatchText.Change(last.GetValueOrDefault(look.Index), look);
            last[look.Index] = look;
            foreach (string? text in (string?[])[change, WatchText.Retry(look)])
            {
                if (text is null) continue;
                string line = string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetLocalNow():HH:mm:ss} {text}");
                Post(() => WriteInformation(new HostInformationMessage { Message = line }, ["PSHOST"]));
            }
        };
    }

    // Null where nobody sees lines that are drawn over.
    private int? Width()
    {
        if (Host.Name == "ConsoleHost" && ModuleContext.IsOutputRedirected) return null;
        int most = SessionState.PSVariable.GetValue("PSStyle") is { } style
            && PSObject.AsPSObject(PSObject.AsPSObject(style).Properties["Progress"]?.Value ?? "").Properties["MaxWidth"]?.Value is int set ? set : 120;
        try
        {
            int columns = Host.UI?.RawUI?.WindowSize.Width ?? 0;
            return columns > 0 ? Math.Min(columns, most) : most;
        }
        catch (Exception e) when (e is NotImplementedException or HostException or InvalidOperationException)
        {
            // A host without a window.
            return most;
        }
    }
}
