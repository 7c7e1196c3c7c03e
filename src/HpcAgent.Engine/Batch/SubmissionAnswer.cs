using System.Globalization;
using System.Text;
using HpcAgent.Engine.Hosts;

namespace HpcAgent.Engine.Batch;

/// <summary>What became of one array.</summary>
internal enum ArrayOutcome
{
    /// <summary>It was submitted before.</summary>
    Known,

    /// <summary>It was submitted now.</summary>
    Submitted,

    /// <summary>The scheduler refused it; it is not in.</summary>
    Refused,

    /// <summary>Whether it is in cannot be said.</summary>
    Unverified,
}

/// <summary>What the script of a submission says.</summary>
/// <param name="Failure">Why nothing could be done: a word, a colon and the cluster's own words; or null.</param>
/// <param name="NeedsCode">True if the code is not on the cluster and was not sent.</param>
/// <param name="Arrays">The arrays that were reached.</param>
internal sealed record SubmissionAnswer(string? Failure, bool NeedsCode, IReadOnlyList<ArrayAnswer> Arrays)
{
    public static SubmissionAnswer Read(HostAnswer answer)
    {
        List<ArrayAnswer> arrays = [];
        foreach (AnswerPart part in answer.Parts.Where(p => p.Name == "array"))
        {
            string text = Encoding.UTF8.GetString(part.Content.Span);
            int end = text.IndexOf('\n', StringComparison.Ordinal);
            string[] words = (end < 0 ? text : text[..end]).Split(' ');
            if (words.Length != 4 || !Enum.TryParse(words[1], ignoreCase: true, out ArrayOutcome outcome))
                throw new HpcException(ErrorCode.RemoteCommandFailed, $"the answer about an array cannot be read: '{words[0]}'", "Try again; what was submitted is found.");
            arrays.Add(new ArrayAnswer(
                int.Parse(words[0], CultureInfo.InvariantCulture), outcome, words[2] == "-" ? null : words[2], int.Parse(words[3], CultureInfo.InvariantCulture), end < 0 ? "" : text[(end + 1)..].Trim()));
        }
        return new SubmissionAnswer(answer.Find("failed") is null ? null : answer.Text("failed"), answer.Find("need") is not null, arrays);
    }
}

/// <summary>What the script says of one array.</summary>
/// <param name="Index">The array.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="JobId">Its id, if it is in.</param>
/// <param name="ExitCode">The exit status of the scheduler's command.</param>
/// <param name="Words">What the scheduler said.</param>
internal sealed record ArrayAnswer(int Index, ArrayOutcome Outcome, string? JobId, int ExitCode, string Words);
