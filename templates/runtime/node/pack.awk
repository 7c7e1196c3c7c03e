# Turns the metrics files of one wave into one file of records, one a line:
#   {"task":3,"metrics":...}    the bytes of the file, each line feed and carriage return a tab: outside of strings that is the same blank,
#                               inside of a string it is as invalid as before, which a space would not be
#   {"task":3,"problem":"..."}  a file that is there and cannot be taken, and why
# in the order of the tasks. Input: lines TYPE SIZE TIME ID PATH, ID being - where PATH is ./SHARD/ID/metrics.json. Variables: first and
# last task, limit (bytes of one file); hpc_out in the environment says where the records go. Output: RECORDS PROBLEMS CHANGED BYTES, if every line was accounted for.
# For mawk, gawk, busybox and the original awk, under LC_ALL=C. Each file is read as one record that ends at a byte 1, which no JSON
# text holds. A NUL byte, which none holds either, is an end to busybox and the original awk; mawk and gawk must look for it.
# The client packs runs on its own machine in the same way, byte for byte (WavePacker).

function emit(text) {
  print text > out
  bytes += length(text)
}

function complain(id, text) {
  problems++
  emit("{\"task\":" id ",\"problem\":\"" text "\"}\n")
}

function size_now(path, command, answer) {
  gsub(/'/, "'\\''", path)
  command = "wc -c <'" path "' 2>/dev/null"
  answer = -1
  command | getline answer
  close(command)
  return answer + 0
}

# What was read is not what was listed: either the file is another one by now, or it holds what an awk cannot carry or takes for an end.
function differ(id, path, before) {
  if (size_now(path) != before) {
    changed++
    complain(id, "metrics.json changed while it was read; it is taken again when the run is packed next")
  } else
    refuse(id)
}

function refuse(id) {
  complain(id, "metrics.json is no JSON text: it holds a NUL byte or a byte 1")
}

function take(id, path, before, text, more, status, count) {
  text = ""
  status = (getline text < path)
  # Alone it must be all of the file.
  if (status > 0) count = 1 + ((getline more < path) > 0)
  close(path)
  if (status < 0) complain(id, "metrics.json cannot be read")
  else if (status == 0 || count > 1 || length(text) != before) differ(id, path, before)
  else if (nul != "" && index(text, nul)) refuse(id)
  else {
    records++
    emit("{\"task\":" id ",\"metrics\":")
    emit_line(text)
    emit("}\n")
  }
}

# A long text in pieces: some awks copy all of it for each substitution.
function emit_line(text, piece, i, n) {
  if (length(text) < 65536) {
    gsub(/[\r\n]/, "\t", text)
    emit(text)
    return
  }
  n = split(text, piece, "\n")
  for (i = 1; i <= n; i++) {
    gsub(/\r/, "\t", piece[i])
    emit(i > 1 ? "\t" piece[i] : piece[i])
  }
}

BEGIN {
  # Some awks count characters whatever they are told.
  if (length("\303\251") != 2) exit bad = 3
  # Empty where strings end at it.
  nul = sprintf("%c", 0)
  if (length(nul) != 1) nul = ""
}

{
  at = index($0, " ./")
  if (!at || $1 !~ /^[a-zA-Z]$/) next
  path = substr($0, at + 1)
  id = $4
  if (id == "-") {
    if (split(path, word, "/") != 4) next
    id = word[3]
    if (id !~ /^[0-9]+$/ || id "" != (id + 0) "" || word[2] != int(id / 1000) "") next
  }
  if (id + 0 < first + 0 || id + 0 > last + 0 || id in size) next
  type[id] = $1
  size[id] = $2
  place[id] = path
  listed++
}

END {
  if (bad) exit bad
  out = ENVIRON["hpc_out"]
  ORS = ""
  RS = "\001"
  records = problems = changed = bytes = 0
  for (id = first + 0; id <= last + 0; id++) {
    if (!(id in size)) continue
    if (type[id] == "d") complain(id, "metrics.json is a folder, not a file")
    else if (type[id] != "f" || size[id] + 0 == 0) complain(id, "metrics.json is empty, or not a regular file")
    else if (size[id] + 0 > limit + 0) complain(id, "metrics.json is larger than " limit " bytes")
    else take(id, place[id], size[id] + 0)
  }
  close(out)
  if (records + problems != listed + 0) exit 4
  print records " " problems " " changed " " bytes "\n"
}
