using System.Security.Cryptography;
using System.Text;

namespace HpcAgent.Engine.Reporting;

/// <summary>Makes the one file of a report: HTML that needs no network, no font and, to be read, no script.</summary>
internal static class ReportDocument
{
    /// <summary>How each report begins; by it a file is known as one.</summary>
    public const string Beginning = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"generator\" content=\"HpcAgent report\"/>";

    /// <summary>Writes the report.</summary>
    /// <param name="data">What it tells.</param>
    public static string Write(ReportData data)
    {
        Markup page = new();
        _ = page.Own("<!DOCTYPE html>\n").Open("html", ("lang", "en"));
        Head(page, data.Run.RunId);
        _ = page.Open("body").Element("a", "Skip to the results", ("href", "#results"), ("class", "skip")).Open("main");
        RunSection.Write(page, data);
        ChartSection.Write(page, data);
        FailureSection.Write(page, data);
        ResultSection.Write(page, data);
        NoteSection.Write(page, data);
        _ = page.Close().Open("script").Own(ReportScript.Text).Close().Close().Close();
        return page.ToString();
    }

    // A page that may load nothing and run only the script whose digest is named stays harmless whatever it shows.
    private static void Head(Markup page, string title)
    {
        string digest = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(ReportScript.Text)));
        _ = page.Open("head")
            .Empty("meta", ("charset", "utf-8"))
            .Empty("meta", ("name", "generator"), ("content", "HpcAgent report"))
            .Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content", $"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"))
            .Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"))
            .Empty("meta", ("name", "color-scheme"), ("content", "light dark"))
            .Element("title", $"{title} - run report")
            .Open("style").Own(ReportStyle.Text).Close()
            .Close();
    }
}
