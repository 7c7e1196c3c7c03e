using System.Globalization;
using System.Management.Automation;

namespace HpcAgent.Cmdlets;

/// <summary>
/// An argument as the user typed it. PowerShell reads <c>90s</c> as the 16-bit integer 90 and <c>1d</c> as the decimal 1, but remembers
/// the text where it stood on the command line.
/// </summary>
internal static class TypedText
{
    public static string Of(object argument) => argument is PSObject
        ? LanguagePrimitives.ConvertTo<string>(argument)
        : Convert.ToString(argument, CultureInfo.InvariantCulture) ?? "";
}
