using System.Globalization;
using System.Reflection;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Schedulers;

/// <summary>Job scripts from the templates that are embedded in this assembly.</summary>
internal static class JobScript
{
    /// <summary>Fills a template.</summary>
    /// <param name="template">Its name, such as <c>runtime/slurm/array.slurm</c>.</param>
    /// <param name="array">The array.</param>
    /// <param name="time">Its time limit.</param>
    public static string Render(string template, ArraySubmission array, ElementTime? time)
    {
        SubmissionCheck.Require(array);
        string index = array.Index.ToString(CultureInfo.InvariantCulture);
        string seconds = time is { } limit ? limit.SecondsToSignal.ToString(CultureInfo.InvariantCulture) : "";
        // The folders come last: what they hold is never taken for a placeholder.
        return Read(template)
            .Replace("@INDEX@", index, StringComparison.Ordinal)
            .Replace("@ELEMENT_SECONDS@", seconds, StringComparison.Ordinal)
            .ReplaceFolders(array);
    }

    private static string ReplaceFolders(this string text, ArraySubmission array) =>
        string.Join(
            ShellQuote.Always(array.OutputFolder),
            text.Split("@OUTPUT_FOLDER@").Select(part => part.Replace("@RUN_FOLDER@", ShellQuote.Always(array.RunFolder), StringComparison.Ordinal)));

    private static string Read(string name)
    {
        using Stream stream = typeof(JobScript).Assembly.GetManifestResourceStream(name)
            ?? throw new HpcException(ErrorCode.Internal, $"the template {name} is not in {Assembly.GetExecutingAssembly().GetName().Name}");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
