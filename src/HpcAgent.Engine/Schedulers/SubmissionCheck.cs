using System.Globalization;

namespace HpcAgent.Engine.Schedulers;

/// <summary>What no scheduler can be given.</summary>
internal static class SubmissionCheck
{
    /// <summary>Checks an array before it is rendered.</summary>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: something in it cannot be put into a job.</exception>
    public static void Require(ArraySubmission array)
    {
        if (array.JobName.Length is 0 or > 100 || !char.IsAsciiLetter(array.JobName[0]) || !array.JobName.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            throw Invalid($"the job name '{array.JobName}' is not usable", "Use at most 100 letters, digits and dashes, a letter first.");
        if (array.ElementCount < 1) throw Invalid(string.Create(CultureInfo.InvariantCulture, $"the array {array.JobName} has {array.ElementCount} elements"), "An array has at least one.");
        if (array.Resources.Cpus < 1) throw Invalid(string.Create(CultureInfo.InvariantCulture, $"{array.Resources.Cpus} processors are asked for"), "Ask for one at least.");
        foreach (string path in (string[])[array.RunFolder, array.ScriptPath, array.OutputFolder]) RequirePath(path);
        foreach (string flag in array.Options.ExtraFlags)
        {
            if (flag.Length == 0 || HasControl(flag)) throw Invalid($"the extra flag '{flag}' is empty or holds control characters", "Correct it in clusters.yaml or in the request.");
        }
    }

    /// <summary>Checks an id that came from a journal or a caller.</summary>
    public static string RequireJobId(string id)
    {
        if (id.Length is > 0 and <= 20 && id.All(char.IsAsciiDigit)) return id;
        throw Invalid($"'{id}' is no job id", "Job ids are digits only.");
    }

    private static void RequirePath(string path)
    {
        if (!path.StartsWith('/')) throw Invalid($"the path '{path}' is not absolute", "Give an absolute path on the cluster.");
        if (HasControl(path)) throw Invalid($"the path '{path}' holds control characters", "Choose a folder without line breaks and control characters in its name.");
    }

    private static bool HasControl(string text) => text.Any(char.IsControl);

    private static HpcException Invalid(string message, string remedy) => new(ErrorCode.SpecInvalid, message, remedy);
}
