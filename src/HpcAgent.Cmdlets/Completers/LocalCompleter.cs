using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace HpcAgent.Cmdlets;

/// <summary>Completes from local files only. It never fails: what cannot be read gives no proposal.</summary>
public abstract class LocalCompleter : IArgumentCompleter
{
    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            string word = wordToComplete.Trim('\'', '"');
            (string Text, string ToolTip)[] all = [.. Candidates(fakeBoundParameters)];
            IEnumerable<(string Text, string ToolTip)> first = all.Where(c => c.Text.StartsWith(word, StringComparison.OrdinalIgnoreCase));
            IEnumerable<(string Text, string ToolTip)> then = all.Where(c => c.Text.Contains(word, StringComparison.OrdinalIgnoreCase));
            return [.. first.Union(then).Select(c => new CompletionResult(Quoted(c.Text), c.Text, CompletionResultType.ParameterValue, c.ToolTip))];
        }
        catch (Exception)
        {
            return [];
        }
    }

    /// <summary>All that could be meant, the likeliest first, each with what to say about it.</summary>
    private protected abstract IEnumerable<(string Text, string ToolTip)> Candidates(IDictionary bound);

    /// <summary>The folder of the experiment that the command line means.</summary>
    private protected static string ExperimentPath(IDictionary bound)
    {
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        string? given = (bound["ExperimentPath"] ?? bound["Path"])?.ToString();
        return given is null
            ? shell.AddScript("(Microsoft.PowerShell.Management\\Get-Location -PSProvider FileSystem).ProviderPath").Invoke<string>()[0]
            : shell.AddScript("param($p) $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($p)").AddArgument(given).Invoke<string>()[0];
    }

    private static string Quoted(string text) =>
        text.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.') ? text : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}
