namespace HpcAgent.Engine.Reporting;

/// <summary>The script of a report, which lets tables be sorted. Everything can be read without it. It has no sign that XML would take for markup.</summary>
internal static class ReportScript
{
    /// <summary>The script.</summary>
    public const string Text = """
        document.querySelectorAll("table").forEach(function (table) {
          var body = table.tBodies[0];
          table.querySelectorAll("thead th").forEach(function (head, column) {
            var button = document.createElement("button");
            button.type = "button";
            button.textContent = head.textContent;
            button.title = "Sort";
            head.replaceChildren(button);
            button.addEventListener("click", function () {
              var down = head.getAttribute("aria-sort") === "ascending";
              table.querySelectorAll("thead th").forEach(function (other) { other.removeAttribute("aria-sort"); });
              head.setAttribute("aria-sort", down ? "descending" : "ascending");
              var rows = Array.from(body.rows).map(function (row) {
                var text = row.cells[column].textContent, number = text.trim() === "" ? NaN : Number(text);
                return { row: row, text: text, number: number };
              });
              rows.sort(function (a, b) {
                var c = isNaN(a.number) || isNaN(b.number) ? isNaN(a.number) - isNaN(b.number) || a.text.localeCompare(b.text) : a.number - b.number;
                return down ? -c : c;
              });
              rows.forEach(function (item) { body.appendChild(item.row); });
            });
          });
        });
        """;
}
