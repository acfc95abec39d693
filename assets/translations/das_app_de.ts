<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
<context>
    <name></name>
    <message>
        <source> at {fps:.0f}</source>
        <translation> mit {fps:.0f}</translation>
    </message>
    <message>
        <source> people</source>
        <translation> Personen</translation>
    </message>
    <message>
        <source> person</source>
        <translation> Person</translation>
    </message>
    <message>
        <source>#{one} and #{other} swapped from {from_s:.2f} s</source>
        <translation>#{one} und #{other} ab {from_s:.2f} s vertauscht</translation>
    </message>
    <message>
        <source>#{one} left out</source>
        <translation>#{one} ausgelassen</translation>
    </message>
    <message>
        <source>#{one} split: #{other} from {from_s:.2f} s</source>
        <translation>#{one} geteilt: #{other} ab {from_s:.2f} s</translation>
    </message>
    <message>
        <source>#{other} merged into #{one}</source>
        <translation>#{other} mit #{one} vereint</translation>
    </message>
    <message numerus="yes">
        <source>%Ln client(s)</source>
        <translation>
            <numerusform>%Ln Empfänger</numerusform>
            <numerusform>%Ln Empfänger</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln frame(s)</source>
        <translation>
            <numerusform>%Ln Bild</numerusform>
            <numerusform>%Ln Bilder</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln more</source>
        <translation>
            <numerusform>%Ln weitere</numerusform>
            <numerusform>%Ln weitere</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln person(s)</source>
        <translation>
            <numerusform>%Ln Person</numerusform>
            <numerusform>%Ln Personen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln person(s) hidden</source>
        <translation>
            <numerusform>%Ln verborgen</numerusform>
            <numerusform>%Ln verborgen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln picture(s) dropped</source>
        <translation>
            <numerusform>%Ln Bild verworfen</numerusform>
            <numerusform>%Ln Bilder verworfen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln recording(s) not closed, perhaps by a crash: {names}. A repair keeps everything that was written.</source>
        <translation>
            <numerusform>%Ln Aufnahme wurde nicht geschlossen, vielleicht durch einen Absturz: {names}. Eine Reparatur behält alles, was geschrieben wurde.</numerusform>
            <numerusform>%Ln Aufnahmen wurden nicht geschlossen, vielleicht durch einen Absturz: {names}. Eine Reparatur behält alles, was geschrieben wurde.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln view(s), {percent:.0f} % of the picture</source>
        <translation>
            <numerusform>%Ln Ansicht, {percent:.0f} % des Bildes</numerusform>
            <numerusform>%Ln Ansichten, {percent:.0f} % des Bildes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln zone(s) of the picture.</source>
        <translation>
            <numerusform>%Ln Zone des Bildes.</numerusform>
            <numerusform>%Ln Zonen des Bildes.</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Faces</source>
        <translation>&amp;Gesichter</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Kept views</source>
        <translation>&amp;Gemerkte Ansichten</translation>
    </message>
    <message>
        <source>&amp;Look</source>
        <translation>&amp;Erscheinungsbild</translation>
    </message>
    <message>
        <source>&amp;Panes</source>
        <translation>Auf&amp;teilung</translation>
    </message>
    <message>
        <source>&amp;Play</source>
        <translation>&amp;Wiedergabe</translation>
    </message>
    <message>
        <source>&amp;Record</source>
        <translation>&amp;Aufnahme</translation>
    </message>
    <message>
        <source>&amp;Session</source>
        <translation>&amp;Sitzung</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>A&amp;nsicht</translation>
    </message>
    <message>
        <source>&amp;Window</source>
        <translation>&amp;Fenster</translation>
    </message>
    <message numerus="yes">
        <source>, %Ln part(s) of it unreadable</source>
        <translation>
            <numerusform>, %Ln Teil davon unlesbar</numerusform>
            <numerusform>, %Ln Teile davon unlesbar</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>, but for %Ln picture(s): the one before stands in</source>
        <translation>
            <numerusform>, aber ohne %Ln Bild: das vorige steht dafür</numerusform>
            <numerusform>, aber ohne %Ln Bilder: das vorige steht dafür</numerusform>
        </translation>
    </message>
    <message>
        <source>, turned by {angle}°</source>
        <translation>, um {angle}° gedreht</translation>
    </message>
    <message>
        <source>1 frame</source>
        <translation>1 Bild</translation>
    </message>
    <message>
        <source>1 person is below the confidence: lower it to see them.</source>
        <translation>1 Person liegt unter der Konfidenz: sie senken, um sie zu sehen.</translation>
    </message>
    <message>
        <source>1.  Open your camera with C, or drop a video on the window. D plays the bundled clip.</source>
        <translation>1.  Kamera mit C öffnen oder ein Video ins Fenster ziehen. D spielt den mitgelieferten Clip.</translation>
    </message>
    <message>
        <source>127.0.0.1: this computer only. 0.0.0.0: everybody in your network</source>
        <translation>127.0.0.1: nur dieser Rechner. 0.0.0.0: alle im Netzwerk</translation>
    </message>
    <message>
        <source>2.  People are found best with head and feet in the picture and light from the front.</source>
        <translation>2.  Personen werden am besten erkannt, wenn Kopf und Füße im Bild sind und das Licht von vorn kommt.</translation>
    </message>
    <message>
        <source>3.  Distances follow from the camera&apos;s field of view. All keys: F1.</source>
        <translation>3.  Entfernungen ergeben sich aus dem Bildwinkel der Kamera. Alle Tasten: F1.</translation>
    </message>
    <message>
        <source>35 mm equivalent</source>
        <translation>Kleinbildbrennweite</translation>
    </message>
    <message>
        <source>3D view</source>
        <translation>3D-Ansicht</translation>
    </message>
    <message>
        <source>3D view alone</source>
        <translation>Nur 3D-Ansicht</translation>
    </message>
    <message>
        <source>3D view by keys</source>
        <translation>3D-Ansicht per Tastatur</translation>
    </message>
    <message>
        <source>3D view in a window</source>
        <translation>3D-Ansicht im eigenen Fenster</translation>
    </message>
    <message>
        <source>3D view in a window, on another screen if there is one</source>
        <translation>3D im eigenen Fenster, möglichst auf anderem Bildschirm</translation>
    </message>
    <message>
        <source>3D view: drag</source>
        <translation>3D-Ansicht: ziehen</translation>
    </message>
    <message>
        <source>3D view: right drag</source>
        <translation>3D-Ansicht: rechts ziehen</translation>
    </message>
    <message>
        <source>3D view: wheel</source>
        <translation>3D-Ansicht: Mausrad</translation>
    </message>
    <message>
        <source>90° anticlockwise</source>
        <translation>90° gegen den Uhrzeigersinn</translation>
    </message>
    <message>
        <source>90° clockwise</source>
        <translation>90° im Uhrzeigersinn</translation>
    </message>
    <message>
        <source>A camera or a large model can take a few seconds.</source>
        <translation>Eine Kamera oder ein großes Modell kann einige Sekunden brauchen.</translation>
    </message>
    <message>
        <source>A few more views: nearer, further, tilted otherwise</source>
        <translation>Noch ein paar Ansichten: näher, weiter weg, anders gekippt</translation>
    </message>
    <message>
        <source>A height alone cannot tell the lens: a longer one from further away gives the same picture. So measure the distance from the lens to the hips too. Best: somebody who stands upright, whole in the picture, near its middle, 2 to 4 m away.</source>
        <translation>Die Körpergröße allein verrät das Objektiv nicht: Ein längeres aus größerer Entfernung gibt das gleiche Bild. Deshalb auch den Abstand vom Objektiv zur Hüfte messen. Am besten steht die Person aufrecht, ganz im Bild, nahe der Mitte, 2 bis 4 m entfernt.</translation>
    </message>
    <message>
        <source>A network camera, a phone that serves its camera, or a film</source>
        <translation>Eine Netzwerkkamera, ein Telefon, das seine Kamera bereitstellt, oder ein Film</translation>
    </message>
    <message>
        <source>A recorded session plays: choose smoothed or raw poses in the bar below the picture.</source>
        <translation>Eine aufgezeichnete Sitzung läuft: Geglättete oder rohe Posen lassen sich in der Leiste unter dem Bild wählen.</translation>
    </message>
    <message>
        <source>A recorded session plays: it is recorded already.</source>
        <translation>Eine aufgezeichnete Sitzung läuft: Sie ist schon aufgenommen.</translation>
    </message>
    <message>
        <source>A recorded session plays: its lens is the one it was recorded with.</source>
        <translation>Eine aufgezeichnete Sitzung läuft: Ihr Objektiv ist das der Aufnahme.</translation>
    </message>
    <message>
        <source>A recorded session plays: its people are recorded. “Run another model” finds them anew.</source>
        <translation>Eine aufgezeichnete Sitzung läuft: Ihre Personen sind aufgezeichnet. „Anderes Modell anwenden“ sucht sie neu.</translation>
    </message>
    <message>
        <source>A recorded session plays: no model runs.</source>
        <translation>Eine aufgezeichnete Sitzung läuft: Kein Modell arbeitet.</translation>
    </message>
    <message>
        <source>A recording ends by itself after so long</source>
        <translation>Nach dieser Zeit endet die Aufnahme von selbst</translation>
    </message>
    <message>
        <source>A recording ends by itself when nobody was there for so long</source>
        <translation>Die Aufnahme endet von selbst, wenn so lange niemand da war</translation>
    </message>
    <message>
        <source>A report is one ZIP file with the log, the diagnosis of `das-app doctor`, the settings and the versions of what is installed. Passwords, tokens, whole addresses and your name are taken out; names of files stay. Nothing is sent: look into it, and send it yourself together with what you did and what you saw.</source>
        <translation>Ein Bericht ist eine ZIP-Datei mit dem Protokoll, der Diagnose von `das-app doctor`, den Einstellungen und den Versionen der installierten Pakete. Passwörter, Token, vollständige Adressen und der Benutzername werden entfernt; Dateinamen bleiben. Gesendet wird nichts: Bitte hineinsehen und ihn selbst verschicken, zusammen damit, was getan wurde und was zu sehen war.</translation>
    </message>
    <message>
        <source>A window of exactly this size, with nothing else in it: capture it in OBS, or move it to a projector and double click it.</source>
        <translation>Ein Fenster von genau dieser Größe, ohne etwas anderes darin: In OBS aufnehmen oder auf einen Projektor schieben und doppelklicken.</translation>
    </message>
    <message>
        <source>About DAS Capture</source>
        <translation>Über DAS Capture</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>Annehmen</translation>
    </message>
    <message>
        <source>Add marker</source>
        <translation>Marke setzen</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Address of a camera or film</source>
        <translation>Adresse einer Kamera oder eines Films</translation>
    </message>
    <message>
        <source>Afterwards</source>
        <translation>Nachbearbeitung</translation>
    </message>
    <message>
        <source>All of it</source>
        <translation>Alles</translation>
    </message>
    <message>
        <source>Angle over the picture&apos;s longer side</source>
        <translation>Winkel über die längere Bildseite</translation>
    </message>
    <message>
        <source>Another colour …</source>
        <translation>Andere Farbe …</translation>
    </message>
    <message>
        <source>Archive (*.zip)</source>
        <translation>Archiv (*.zip)</translation>
    </message>
    <message>
        <source>Arrows from the root to the joints, as the model predicts them</source>
        <translation>Pfeile zu den Gelenken, wie das Modell sie vorhersagt</translation>
    </message>
    <message>
        <source>As a mirror shows it; the data, recordings and the 3D view stay as they are</source>
        <translation>Wie im Spiegel; Daten, Aufnahmen und 3D-Ansicht bleiben, wie sie sind</translation>
    </message>
    <message>
        <source>As clicked: {floor}</source>
        <translation>Wie angeklickt: {floor}</translation>
    </message>
    <message>
        <source>As it comes</source>
        <translation>Wie geliefert</translation>
    </message>
    <message>
        <source>As phone and camera makers state it; a cropped video has more</source>
        <translation>Wie Telefon- und Kamerahersteller sie angeben; ein beschnittenes Video hat mehr</translation>
    </message>
    <message>
        <source>As recorded</source>
        <translation>Wie aufgezeichnet</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>As trimmed</source>
        <translation>Wie geschnitten</translation>
    </message>
    <message>
        <source>As trimmed: {start} to {end}</source>
        <translation>Wie geschnitten: {start} bis {end}</translation>
    </message>
    <message>
        <source>As usual for the format</source>
        <translation>Wie beim Format üblich</translation>
    </message>
    <message>
        <source>Auto</source>
        <translation>Auto</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Away from the picture: {away:.1f} pixels</source>
        <translation>Abweichung vom Bild: {away:.1f} Pixel</translation>
    </message>
    <message>
        <source>BVH, animation: a file for each person</source>
        <translation>BVH, Animation: eine Datei je Person</translation>
    </message>
    <message>
        <source>Bar</source>
        <translation>Leiste</translation>
    </message>
    <message>
        <source>Begin again at the end</source>
        <translation>Am Ende von vorn beginnen</translation>
    </message>
    <message>
        <source>Behind the time, in the name of the next session&apos;s folder</source>
        <translation>Hinter der Uhrzeit im Namen des nächsten Sitzungsordners</translation>
    </message>
    <message>
        <source>Big in the picture, before a recording begins</source>
        <translation>Groß im Bild, bevor die Aufnahme beginnt</translation>
    </message>
    <message>
        <source>Black</source>
        <translation>Schwarz</translation>
    </message>
    <message>
        <source>Blacked out</source>
        <translation>Geschwärzt</translation>
    </message>
    <message>
        <source>Blurred</source>
        <translation>Unscharf</translation>
    </message>
    <message>
        <source>Bone length</source>
        <translation>Knochenlänge</translation>
    </message>
    <message>
        <source>Bones</source>
        <translation>Knochen</translation>
    </message>
    <message>
        <source>Bones keep their length; joints may leave their pixels by a little</source>
        <translation>Knochen behalten ihre Länge; Gelenke können etwas von ihren Pixeln abweichen</translation>
    </message>
    <message>
        <source>Bones&apos; spread: {was:.1f} % before, {now:.1f} % now</source>
        <translation>Streuung der Knochen: vorher {was:.1f} %, jetzt {now:.1f} %</translation>
    </message>
    <message>
        <source>Bring the board to the bottom left of the picture, hold still</source>
        <translation>Die Tafel nach links unten ins Bild bringen und stillhalten</translation>
    </message>
    <message>
        <source>Bring the board to the bottom right of the picture, hold still</source>
        <translation>Die Tafel nach rechts unten ins Bild bringen und stillhalten</translation>
    </message>
    <message>
        <source>Bring the board to the left of the picture, hold still</source>
        <translation>Die Tafel nach links ins Bild bringen und stillhalten</translation>
    </message>
    <message>
        <source>Bring the board to the right of the picture, hold still</source>
        <translation>Die Tafel nach rechts ins Bild bringen und stillhalten</translation>
    </message>
    <message>
        <source>Bring the board to the top left of the picture, hold still</source>
        <translation>Die Tafel nach links oben ins Bild bringen und stillhalten</translation>
    </message>
    <message>
        <source>Bring the board to the top right of the picture, hold still</source>
        <translation>Die Tafel nach rechts oben ins Bild bringen und stillhalten</translation>
    </message>
    <message>
        <source>Browse …</source>
        <translation>Durchsuchen …</translation>
    </message>
    <message>
        <source>Bundled clip</source>
        <translation>Mitgelieferter Clip</translation>
    </message>
    <message>
        <source>C3D: markers for motion laboratories, a file for each person</source>
        <translation>C3D: Marker für Bewegungslabore, eine Datei je Person</translation>
    </message>
    <message>
        <source>COCO keypoints: 17 joints in the picture</source>
        <translation>COCO-Keypoints: 17 Gelenke im Bild</translation>
    </message>
    <message>
        <source>COCO results: what loadRes of pycocotools reads</source>
        <translation>COCO-Ergebnisse: was loadRes von pycocotools liest</translation>
    </message>
    <message>
        <source>CSV of joint angles: a table for spreadsheets and pandas</source>
        <translation>CSV der Gelenkwinkel: eine Tabelle für Tabellenkalkulation und pandas</translation>
    </message>
    <message>
        <source>CSV: a table for spreadsheets and pandas</source>
        <translation>CSV: eine Tabelle für Tabellenkalkulation und pandas</translation>
    </message>
    <message>
        <source>CUDA did not start</source>
        <translation>CUDA ist nicht gestartet</translation>
    </message>
    <message>
        <source>Calibrate the running camera</source>
        <translation>Die laufende Kamera kalibrieren</translation>
    </message>
    <message>
        <source>Calibrate {camera}</source>
        <translation>{camera} kalibrieren</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>Kalibrierung</translation>
    </message>
    <message>
        <source>Calibrations (*.json *.yml *.yaml *.xml *.toml);;All files (*)</source>
        <translation>Kalibrierungen (*.json *.yml *.yaml *.xml *.toml);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Calm motion, and feet that stand stay put; recordings keep the raw pose, too</source>
        <translation>Ruhige Bewegung, und stehende Füße bleiben stehen; Aufnahmen behalten auch die rohe Pose</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Kamera</translation>
    </message>
    <message>
        <source>Camera space, floor guessed</source>
        <translation>Kameraraum, Boden geschätzt</translation>
    </message>
    <message>
        <source>Camera:</source>
        <translation>Kamera:</translation>
    </message>
    <message>
        <source>Camera: origin at the lens</source>
        <translation>Kamera: Ursprung am Objektiv</translation>
    </message>
    <message>
        <source>Cameras</source>
        <translation>Kameras</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancelled; nothing was written.</source>
        <translation>Abgebrochen; nichts wurde geschrieben.</translation>
    </message>
    <message>
        <source>Cancelling …</source>
        <translation>Wird abgebrochen …</translation>
    </message>
    <message>
        <source>Centimetres; x right, y up, z towards the camera, right-handed</source>
        <translation>Zentimeter; x rechts, y oben, z zur Kamera, rechtshändig</translation>
    </message>
    <message>
        <source>Choose a camera or an address</source>
        <translation>Kamera oder Adresse wählen</translation>
    </message>
    <message>
        <source>Choose a session</source>
        <translation>Sitzung wählen</translation>
    </message>
    <message>
        <source>Choose a session first.</source>
        <translation>Zuerst eine Sitzung wählen.</translation>
    </message>
    <message>
        <source>Choose sessions folder…</source>
        <translation>Sitzungsordner wählen …</translation>
    </message>
    <message>
        <source>Choose the model, its device and detail</source>
        <translation>Modell, Gerät und Detailgrad wählen</translation>
    </message>
    <message>
        <source>Choose …</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Clean output for OBS, projectors and as a camera</source>
        <translation>Saubere Ausgabe für OBS, Projektoren und als Kamera</translation>
    </message>
    <message>
        <source>Click a joint, then another · V ends it</source>
        <translation>Ein Gelenk anklicken, dann ein zweites · V beendet</translation>
    </message>
    <message>
        <source>Click and type how tall, in metres</source>
        <translation>Anklicken und die Größe in Metern eingeben</translation>
    </message>
    <message>
        <source>Click and type, at most {most} characters</source>
        <translation>Anklicken und eingeben, höchstens {most} Zeichen</translation>
    </message>
    <message>
        <source>Click feet</source>
        <translation>Füße anklicken</translation>
    </message>
    <message>
        <source>Click three or more feet where they touch the floor, at different places</source>
        <translation>Drei oder mehr Füße dort anklicken, wo sie den Boden berühren, an verschiedenen Stellen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Closing the session</source>
        <translation>Sitzung wird geschlossen</translation>
    </message>
    <message>
        <source>Come closer</source>
        <translation>Näher heran</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>Konfidenz</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy the token</source>
        <translation>Token kopieren</translation>
    </message>
    <message>
        <source>Countdown</source>
        <translation>Countdown</translation>
    </message>
    <message>
        <source>Ctrl+R gives up</source>
        <translation>Strg+R bricht ab</translation>
    </message>
    <message>
        <source>Curves over time</source>
        <translation>Verläufe über die Zeit</translation>
    </message>
    <message>
        <source>DAS Capture ended unexpectedly the last time. A report helps to mend it.</source>
        <translation>DAS Capture wurde beim letzten Mal unerwartet beendet. Ein Bericht hilft, den Fehler zu beheben.</translation>
    </message>
    <message>
        <source>DAS Capture is free software under the Apache License 2.0. Its weights carry the terms of the data that they were trained on: see the model card.</source>
        <translation>DAS Capture ist freie Software unter der Apache-Lizenz 2.0. Für die Gewichte gelten die Bedingungen der Daten, mit denen sie trainiert wurden: siehe Modellkarte.</translation>
    </message>
    <message>
        <source>DAS output</source>
        <translation>DAS-Ausgabe</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Degrees</source>
        <translation>Grad</translation>
    </message>
    <message>
        <source>Degrees, metres</source>
        <translation>Grad, Meter</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Delete a session</source>
        <translation>Sitzung löschen</translation>
    </message>
    <message>
        <source>Delete the zone that was clicked (Del)</source>
        <translation>Die angeklickte Zone löschen (Entf)</translation>
    </message>
    <message>
        <source>Delete …</source>
        <translation>Löschen …</translation>
    </message>
    <message>
        <source>Demo</source>
        <translation>Demo</translation>
    </message>
    <message>
        <source>Detail</source>
        <translation>Detailgrad</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Distance</source>
        <translation>Abstand</translation>
    </message>
    <message numerus="yes">
        <source>Done: %Ln frame(s), {rate:.1f} a second.</source>
        <translation>
            <numerusform>Fertig: %Ln Bild, {rate:.1f} je Sekunde.</numerusform>
            <numerusform>Fertig: %Ln Bilder, {rate:.1f} je Sekunde.</numerusform>
        </translation>
    </message>
    <message>
        <source>Drag a rectangle on the picture, or click corners. Drag a zone to move it.</source>
        <translation>Im Bild ein Rechteck aufziehen oder Ecken anklicken. Zonen lassen sich verschieben.</translation>
    </message>
    <message>
        <source>Draw zones</source>
        <translation>Zonen zeichnen</translation>
    </message>
    <message>
        <source>Drop a file on the window</source>
        <translation>Datei ins Fenster ziehen</translation>
    </message>
    <message>
        <source>Ends after</source>
        <translation>Endet nach</translation>
    </message>
    <message>
        <source>Ends when empty</source>
        <translation>Endet, wenn leer, nach</translation>
    </message>
    <message>
        <source>Enough views. Save, or add more.</source>
        <translation>Genug Ansichten. Sichern oder weitere aufnehmen.</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>Ereignisse</translation>
    </message>
    <message>
        <source>Everybody</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Everybody in one file</source>
        <translation>Alle in einer Datei</translation>
    </message>
    <message>
        <source>Everybody in your network can receive this.</source>
        <translation>Alle im Netzwerk können dies empfangen.</translation>
    </message>
    <message>
        <source>Everybody in your network who has the token can give orders.</source>
        <translation>Alle im Netzwerk, die das Token haben, können Befehle geben.</translation>
    </message>
    <message>
        <source>Everybody&apos;s joints, for TouchDesigner, Max, Unity and the like.</source>
        <translation>Die Gelenke aller Personen, für TouchDesigner, Max, Unity und ähnliche.</translation>
    </message>
    <message>
        <source>Exchange both from the frame shown on</source>
        <translation>Beide ab dem gezeigten Bild vertauschen</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Export session</source>
        <translation>Sitzung exportieren</translation>
    </message>
    <message>
        <source>Export session…</source>
        <translation>Sitzung exportieren …</translation>
    </message>
    <message>
        <source>Export …</source>
        <translation>Exportieren …</translation>
    </message>
    <message>
        <source>Exposure</source>
        <translation>Belichtung</translation>
    </message>
    <message>
        <source>FOV {fov:.4g}° (assumed)</source>
        <translation>Bildwinkel {fov:.4g}° (angenommen)</translation>
    </message>
    <message>
        <source>FOV {fov:.4g}° (field of view as entered)</source>
        <translation>Bildwinkel {fov:.4g}° (wie eingegeben)</translation>
    </message>
    <message>
        <source>FOV {fov:.4g}° (focal length as entered)</source>
        <translation>Bildwinkel {fov:.4g}° (aus der Brennweite)</translation>
    </message>
    <message>
        <source>FOV {fov:.4g}° (from a person&apos;s height and distance)</source>
        <translation>Bildwinkel {fov:.4g}° (aus Größe und Abstand einer Person)</translation>
    </message>
    <message>
        <source>FOV {fov:.4g}° (from the 35 mm equivalent)</source>
        <translation>Bildwinkel {fov:.4g}° (aus der Kleinbildbrennweite)</translation>
    </message>
    <message>
        <source>Fast</source>
        <translation>Schnell</translation>
    </message>
    <message>
        <source>Field of view</source>
        <translation>Bildwinkel</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>File …</source>
        <translation>Datei …</translation>
    </message>
    <message>
        <source>Files and addresses</source>
        <translation>Dateien und Adressen</translation>
    </message>
    <message>
        <source>Film (*.mp4);;Animated picture (*.gif)</source>
        <translation>Film (*.mp4);;Animiertes Bild (*.gif)</translation>
    </message>
    <message>
        <source>Film a turntable</source>
        <translation>Rundumfilm aufnehmen</translation>
    </message>
    <message>
        <source>Filming {step} of {steps} · Shift+F12 gives up</source>
        <translation>Film: {step} von {steps} · Umschalt+F12 bricht ab</translation>
    </message>
    <message>
        <source>Find anew</source>
        <translation>Neu suchen</translation>
    </message>
    <message>
        <source>Finds the people of {name} anew, in its recorded pictures. The session itself stays as it is.</source>
        <translation>Sucht die Personen von {name} neu, in den aufgezeichneten Bildern. Die Sitzung selbst bleibt, wie sie ist.</translation>
    </message>
    <message>
        <source>Fit everybody into the view, and keep them in it</source>
        <translation>Alle einpassen und im Blick behalten</translation>
    </message>
    <message>
        <source>Floor</source>
        <translation>Boden</translation>
    </message>
    <message>
        <source>Floor: levelled, below the lens</source>
        <translation>Boden: ausgerichtet, unter dem Objektiv</translation>
    </message>
    <message>
        <source>Focal length</source>
        <translation>Brennweite</translation>
    </message>
    <message>
        <source>Focus</source>
        <translation>Fokus</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Folder of pictures …</source>
        <translation>Bilderordner …</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>Folgen</translation>
    </message>
    <message>
        <source>For a camera on its side or upside down; kept for this source. Opens it anew</source>
        <translation>Für eine hochkant oder kopfüber stehende Kamera; wird für diese Quelle gemerkt. Öffnet sie neu</translation>
    </message>
    <message>
        <source>Forget</source>
        <translation>Vergessen</translation>
    </message>
    <message>
        <source>Forget the floor, such as where the camera was moved</source>
        <translation>Den Boden vergessen, etwa nachdem die Kamera bewegt wurde</translation>
    </message>
    <message>
        <source>Forget this camera&apos;s calibration</source>
        <translation>Die Kalibrierung dieser Kamera vergessen</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Found in the network</source>
        <translation>Im Netzwerk zu finden</translation>
    </message>
    <message>
        <source>Found on this computer</source>
        <translation>Auf diesem Rechner zu finden</translation>
    </message>
    <message>
        <source>Four people&apos;s joints, beside other instruments.</source>
        <translation>Die Gelenke von vier Personen, neben anderen Instrumenten.</translation>
    </message>
    <message>
        <source>Frame everybody</source>
        <translation>Alle einpassen</translation>
    </message>
    <message>
        <source>Frames per second from the source</source>
        <translation>Bilder je Sekunde von der Quelle</translation>
    </message>
    <message>
        <source>Frames: {frames}, looked at now: {new}; people: {people}, tracks: {tracks}</source>
        <translation>Bilder: {frames}, jetzt untersucht: {new}; Personen: {people}, Spuren: {tracks}</translation>
    </message>
    <message>
        <source>From a person</source>
        <translation>Aus einer Person</translation>
    </message>
    <message>
        <source>From the frame&apos;s arrival to its result</source>
        <translation>Vom Eintreffen des Bildes bis zum Ergebnis</translation>
    </message>
    <message>
        <source>From the lens to the hips</source>
        <translation>Vom Objektiv bis zur Hüfte</translation>
    </message>
    <message>
        <source>From the network</source>
        <translation>Aus dem Netzwerk</translation>
    </message>
    <message>
        <source>From the next start on</source>
        <translation>Ab dem nächsten Start</translation>
    </message>
    <message>
        <source>From this computer</source>
        <translation>Von diesem Rechner</translation>
    </message>
    <message>
        <source>From {source} by {model}</source>
        <translation>Aus {source} mit {model}</translation>
    </message>
    <message>
        <source>Front</source>
        <translation>Vorn</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>Vollbild</translation>
    </message>
    <message>
        <source>Further than</source>
        <translation>Weiter als</translation>
    </message>
    <message>
        <source>Gain</source>
        <translation>Verstärkung</translation>
    </message>
    <message>
        <source>Gaps</source>
        <translation>Lücken</translation>
    </message>
    <message>
        <source>Gaps bridged: {number}, {length_s:.1f} s in all</source>
        <translation>Überbrückte Lücken: {number}, zusammen {length_s:.1f} s</translation>
    </message>
    <message>
        <source>Give up</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Go farther away</source>
        <translation>Weiter weg</translation>
    </message>
    <message>
        <source>Go there</source>
        <translation>Dorthin springen</translation>
    </message>
    <message>
        <source>Go there and choose both</source>
        <translation>Dorthin springen und beide wählen</translation>
    </message>
    <message>
        <source>Goes into the video of a camera, in step with the pictures</source>
        <translation>Kommt ins Video einer Kamera, im Takt mit den Bildern</translation>
    </message>
    <message>
        <source>Got it</source>
        <translation>Verstanden</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>Grün</translation>
    </message>
    <message>
        <source>Ground</source>
        <translation>Hintergrund</translation>
    </message>
    <message>
        <source>Guessed: {floor}. It gets surer while people walk about.</source>
        <translation>Geschätzt: {floor}. Wird genauer, während Personen umhergehen.</translation>
    </message>
    <message>
        <source>Heat map: confidence that a person is centred there</source>
        <translation>Heatmap: Konfidenz für die Mitte einer Person</translation>
    </message>
    <message>
        <source>Height</source>
        <comment>of the camera</comment>
        <translation>Höhe</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Height, m</source>
        <translation>Größe, m</translation>
    </message>
    <message>
        <source>Hide nobody any more</source>
        <translation>Niemanden mehr verbergen</translation>
    </message>
    <message>
        <source>How far away people are: one camera sees it badly, so it flickers most</source>
        <translation>Wie weit Personen entfernt sind: Eine Kamera sieht das schlecht, es flackert daher am meisten</translation>
    </message>
    <message>
        <source>How far the camera looks down</source>
        <translation>Wie weit die Kamera nach unten blickt</translation>
    </message>
    <message>
        <source>How many people: the first at this port, the next at the one after it</source>
        <translation>Wie viele Personen: die erste an diesem Port, die nächste am folgenden</translation>
    </message>
    <message>
        <source>How recordings begin and end, and what was recorded</source>
        <translation>Beginn und Ende von Aufnahmen, Aufgenommenes</translation>
    </message>
    <message>
        <source>How sure the model must be that somebody is there to show them</source>
        <translation>Wie sicher das Modell sein muss, dass jemand da ist, um ihn zu zeigen</translation>
    </message>
    <message>
        <source>How tall the chosen person is</source>
        <translation>Wie groß die gewählte Person ist</translation>
    </message>
    <message>
        <source>Humanoid: Hips, LeftUpLeg</source>
        <translation>Humanoid: Hips, LeftUpLeg</translation>
    </message>
    <message>
        <source>Ignored</source>
        <translation>Ignoriert</translation>
    </message>
    <message>
        <source>Ignored: {places}</source>
        <translation>Ignoriert: {places}</translation>
    </message>
    <message>
        <source>In pixels of the present picture</source>
        <translation>In Pixeln des jetzigen Bildes</translation>
    </message>
    <message>
        <source>In the driver&apos;s units</source>
        <translation>In Einheiten des Treibers</translation>
    </message>
    <message>
        <source>In use: {engine}</source>
        <translation>In Gebrauch: {engine}</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>Inspektor</translation>
    </message>
    <message>
        <source>Interpolate up to</source>
        <translation>Überbrücken bis</translation>
    </message>
    <message>
        <source>It cannot be opened: {reason}.</source>
        <translation>Sie lässt sich nicht öffnen: {reason}.</translation>
    </message>
    <message>
        <source>It cannot be saved: {error}</source>
        <translation>Es lässt sich nicht sichern: {error}</translation>
    </message>
    <message>
        <source>It delivers no pictures.</source>
        <translation>Sie liefert keine Bilder.</translation>
    </message>
    <message>
        <source>It ended because {reason}.</source>
        <translation>Beendet, weil {reason}.</translation>
    </message>
    <message>
        <source>It failed: {error}</source>
        <translation>Fehlgeschlagen: {error}</translation>
    </message>
    <message>
        <source>It is open already.</source>
        <translation>Sie ist schon geöffnet.</translation>
    </message>
    <message>
        <source>It stands on Qt for Python (LGPL 3), FFmpeg through PyAV (LGPL 2.1 or later), ONNX Runtime (MIT), OpenCV and MoveNet Thunder (Apache 2.0), NumPy, SciPy and vispy (BSD). docs/licences.md lists all of it.</source>
        <translation>Es baut auf Qt for Python (LGPL 3), FFmpeg durch PyAV (LGPL 2.1 oder neuer), ONNX Runtime (MIT), OpenCV und MoveNet Thunder (Apache 2.0), NumPy, SciPy und vispy (BSD). docs/licences.md nennt alles.</translation>
    </message>
    <message>
        <source>JSON for any program, and a page that draws everybody.</source>
        <translation>JSON für beliebige Programme, und eine Seite, die alle zeichnet.</translation>
    </message>
    <message>
        <source>JSON: everything as text</source>
        <translation>JSON: alles als Text</translation>
    </message>
    <message>
        <source>Jitter: {was:.1f} m/s² before, {now:.1f} now</source>
        <translation>Zittern: vorher {was:.1f} m/s², jetzt {now:.1f}</translation>
    </message>
    <message>
        <source>Joint angle</source>
        <translation>Gelenkwinkel</translation>
    </message>
    <message>
        <source>Joints: more is calmer; those seen badly move least anyway</source>
        <translation>Gelenke: mehr ist ruhiger; schlecht sichtbare bewegen sich ohnehin am wenigsten</translation>
    </message>
    <message>
        <source>Keep as {digit}</source>
        <translation>Als {digit} merken</translation>
    </message>
    <message>
        <source>Keep the chosen person in the middle of 3D</source>
        <translation>Die gewählte Person in der Mitte der 3D-Ansicht halten</translation>
    </message>
    <message>
        <source>Keep the pictures in the new session, too</source>
        <translation>Die Bilder auch in die neue Sitzung übernehmen</translation>
    </message>
    <message>
        <source>Keep the whole session</source>
        <translation>Die ganze Sitzung behalten</translation>
    </message>
    <message>
        <source>Keys and mouse</source>
        <translation>Tasten und Maus</translation>
    </message>
    <message>
        <source>Known: {floor}</source>
        <translation>Bekannt: {floor}</translation>
    </message>
    <message>
        <source>Labels: number, confidence, distance</source>
        <translation>Beschriftung: Nummer, Konfidenz, Entfernung</translation>
    </message>
    <message>
        <source>Lan&amp;guage</source>
        <translation>S&amp;prache</translation>
    </message>
    <message>
        <source>Larger finds people further away and takes longer</source>
        <translation>Größer erkennt weiter entfernte Personen und dauert länger</translation>
    </message>
    <message>
        <source>Last order: {order}</source>
        <translation>Letzter Befehl: {order}</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>Später</translation>
    </message>
    <message>
        <source>Leave out</source>
        <translation>Auslassen</translation>
    </message>
    <message>
        <source>Leave out all after this frame</source>
        <translation>Alles nach diesem Bild auslassen</translation>
    </message>
    <message>
        <source>Leave out all before this frame</source>
        <translation>Alles vor diesem Bild auslassen</translation>
    </message>
    <message>
        <source>Leave out below</source>
        <translation>Auslassen unter</translation>
    </message>
    <message>
        <source>Leave out who is further from the lens than this</source>
        <translation>Wer weiter vom Objektiv entfernt ist, zählt nicht</translation>
    </message>
    <message>
        <source>Leave out who is nearer to the lens than this</source>
        <translation>Wer näher am Objektiv ist, zählt nicht</translation>
    </message>
    <message>
        <source>Leave presentation and full screen</source>
        <translation>Präsentation und Vollbild verlassen</translation>
    </message>
    <message>
        <source>Leave them</source>
        <translation>Belassen</translation>
    </message>
    <message>
        <source>Lens</source>
        <translation>Objektiv</translation>
    </message>
    <message>
        <source>Lens in use</source>
        <translation>Objektiv in Gebrauch</translation>
    </message>
    <message numerus="yes">
        <source>Lens of %Ln view(s): f {focal_px:.0f} px, FOV {fov_deg:.1f}°. Reprojection error {error_px:.2f} px ({quality})</source>
        <translation>
            <numerusform>Objektiv aus %Ln Ansicht: f {focal_px:.0f} px, Bildwinkel {fov_deg:.1f}°. Reprojektionsfehler {error_px:.2f} px ({quality})</numerusform>
            <numerusform>Objektiv aus %Ln Ansichten: f {focal_px:.0f} px, Bildwinkel {fov_deg:.1f}°. Reprojektionsfehler {error_px:.2f} px ({quality})</numerusform>
        </translation>
    </message>
    <message>
        <source>Lens {height_m:.2f} m above the floor, looking {pitch:.0f}° down, rolled {roll:.0f}°</source>
        <translation>Objektiv {height_m:.2f} m über dem Boden, Blick {pitch:.0f}° nach unten, {roll:.0f}° gerollt</translation>
    </message>
    <message>
        <source>Lens {height_m:.2f} m above the floor, looking {pitch:.0f}° up, rolled {roll:.0f}°</source>
        <translation>Objektiv {height_m:.2f} m über dem Boden, Blick {pitch:.0f}° nach oben, {roll:.0f}° gerollt</translation>
    </message>
    <message>
        <source>Lens: {lens}</source>
        <translation>Objektiv: {lens}</translation>
    </message>
    <message>
        <source>Level the 3D view once the floor is known</source>
        <translation>3D-Ansicht ausrichten, sobald der Boden bekannt ist</translation>
    </message>
    <message>
        <source>Levelled to the floor</source>
        <translation>Am Boden ausgerichtet</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Limbs</source>
        <translation>Glieder</translation>
    </message>
    <message>
        <source>Live image at the camera</source>
        <translation>Live-Bild an der Kamera</translation>
    </message>
    <message>
        <source>Loading the model …</source>
        <translation>Modell wird geladen …</translation>
    </message>
    <message>
        <source>Look along the camera</source>
        <translation>In Richtung der Kamera blicken</translation>
    </message>
    <message>
        <source>Look at</source>
        <translation>Ansehen</translation>
    </message>
    <message>
        <source>Look at every picture again, precisely (slower)</source>
        <translation>Jedes Bild noch einmal genau ansehen (langsamer)</translation>
    </message>
    <message>
        <source>Look at everybody from the side above</source>
        <translation>Alle von schräg oben ansehen</translation>
    </message>
    <message>
        <source>Look at the chosen person in 3D</source>
        <translation>Die gewählte Person in 3D ansehen</translation>
    </message>
    <message>
        <source>Look from above</source>
        <translation>Von oben blicken</translation>
    </message>
    <message>
        <source>Look from the right</source>
        <translation>Von rechts blicken</translation>
    </message>
    <message>
        <source>Look through the camera</source>
        <translation>Durch die Kamera blicken</translation>
    </message>
    <message>
        <source>Looking for cameras …</source>
        <translation>Kameras werden gesucht …</translation>
    </message>
    <message>
        <source>Looking who is there …</source>
        <translation>Personen werden gesucht …</translation>
    </message>
    <message>
        <source>Looking …</source>
        <translation>Suche …</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>MCAP for Foxglove&apos;s 3D and image panels</source>
        <translation>MCAP für die 3D- und Bildansichten von Foxglove</translation>
    </message>
    <message>
        <source>MMPose JSON: predictions of a video</source>
        <translation>MMPose-JSON: Vorhersagen eines Videos</translation>
    </message>
    <message>
        <source>MOT: joint angles for OpenSim, a file for each person</source>
        <translation>MOT: Gelenkwinkel für OpenSim, eine Datei je Person</translation>
    </message>
    <message>
        <source>MOTChallenge text: boxes with ids</source>
        <translation>MOTChallenge-Text: Rahmen mit Nummern</translation>
    </message>
    <message>
        <source>MP4: the video with skeletons, beside a side view</source>
        <translation>MP4: das Video mit Skeletten, daneben eine Seitenansicht</translation>
    </message>
    <message>
        <source>Make the chosen people one</source>
        <translation>Die gewählten Personen zu einer machen</translation>
    </message>
    <message>
        <source>Mark this moment in the recording</source>
        <translation>Diesen Moment in der Aufnahme markieren</translation>
    </message>
    <message>
        <source>Markers</source>
        <translation>Marker</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Messen</translation>
    </message>
    <message>
        <source>Measure between two joints: click one, then the other</source>
        <translation>Zwischen zwei Gelenken messen: beide anklicken</translation>
    </message>
    <message>
        <source>Merge</source>
        <translation>Vereinen</translation>
    </message>
    <message>
        <source>Metres; x right, y down, z forward, right-handed</source>
        <translation>Meter; x rechts, y unten, z nach vorn, rechtshändig</translation>
    </message>
    <message>
        <source>Metres; x right, y up, z towards the camera, right-handed</source>
        <translation>Meter; x rechts, y oben, z zur Kamera, rechtshändig</translation>
    </message>
    <message>
        <source>Millimetres; x right, y down, z forward, right-handed</source>
        <translation>Millimeter; x rechts, y unten, z nach vorn, rechtshändig</translation>
    </message>
    <message>
        <source>Millimetres; x right, y up, z towards the camera, right-handed</source>
        <translation>Millimeter; x rechts, y oben, z zur Kamera, rechtshändig</translation>
    </message>
    <message>
        <source>Mirror image</source>
        <translation>Bild spiegeln</translation>
    </message>
    <message>
        <source>Mirror on the screen</source>
        <translation>Auf dem Bildschirm spiegeln</translation>
    </message>
    <message>
        <source>Mixamo: mixamorig:Hips</source>
        <translation>Mixamo: mixamorig:Hips</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>Modus</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Model, device and mode in use</source>
        <translation>Modell, Gerät und Modus in Gebrauch</translation>
    </message>
    <message>
        <source>Models (*.onnx)</source>
        <translation>Modelle (*.onnx)</translation>
    </message>
    <message>
        <source>Mouse</source>
        <translation>Maus</translation>
    </message>
    <message>
        <source>Move {name} to the trash?</source>
        <translation>{name} in den Papierkorb legen?</translation>
    </message>
    <message>
        <source>NPZ: arrays for NumPy</source>
        <translation>NPZ: Arrays für NumPy</translation>
    </message>
    <message>
        <source>NaN</source>
        <translation>NaN</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Name, behind its time:</source>
        <translation>Name, hinter der Uhrzeit:</translation>
    </message>
    <message>
        <source>Names and heights of people</source>
        <translation>Namen und Größen der Personen</translation>
    </message>
    <message>
        <source>Names of people, trim and events</source>
        <translation>Namen der Personen, Schnitt und Ereignisse</translation>
    </message>
    <message>
        <source>Nearer than</source>
        <translation>Näher als</translation>
    </message>
    <message>
        <source>New session</source>
        <translation>Neue Sitzung</translation>
    </message>
    <message>
        <source>Next recording</source>
        <translation>Nächste Aufnahme</translation>
    </message>
    <message>
        <source>No</source>
        <translation>Nein</translation>
    </message>
    <message>
        <source>No camera is listed. Plug one in and scan again; a phone or a network camera works by its address.</source>
        <translation>Keine Kamera gefunden. Eine anschließen und neu suchen; Telefon oder Netzwerkkamera per Adresse.</translation>
    </message>
    <message>
        <source>No floor yet: {error}.</source>
        <translation>Noch kein Boden: {error}.</translation>
    </message>
    <message>
        <source>No hint of the field of view from people yet: they have to walk nearer and further, before a camera that looks down at the floor.</source>
        <translation>Noch kein Hinweis auf den Bildwinkel aus Personen: Sie müssen näher und weiter gehen, vor einer Kamera, die auf den Boden blickt.</translation>
    </message>
    <message>
        <source>No lens yet: it takes five views.</source>
        <translation>Noch kein Objektiv: Es braucht fünf Ansichten.</translation>
    </message>
    <message>
        <source>No session</source>
        <translation>Keine Sitzung</translation>
    </message>
    <message>
        <source>No session is chosen yet.</source>
        <translation>Noch keine Sitzung gewählt.</translation>
    </message>
    <message>
        <source>No session yet. What is recorded is listed here.</source>
        <translation>Noch keine Sitzung. Aufnahmen erscheinen hier.</translation>
    </message>
    <message>
        <source>No sound</source>
        <translation>Kein Ton</translation>
    </message>
    <message>
        <source>No turntable: {problem}</source>
        <translation>Kein Rundumfilm: {problem}</translation>
    </message>
    <message>
        <source>No video was recorded</source>
        <translation>Es wurde kein Video aufgezeichnet</translation>
    </message>
    <message>
        <source>Nobody</source>
        <translation>Niemand</translation>
    </message>
    <message>
        <source>Nobody found for a while: step into the picture.</source>
        <translation>Seit einer Weile niemand erkannt: ins Bild treten.</translation>
    </message>
    <message>
        <source>Nobody is chosen; tick somebody, or export everybody.</source>
        <translation>Niemand ist gewählt; jemanden ankreuzen oder alle exportieren.</translation>
    </message>
    <message>
        <source>Nobody of that number is seen now, so they have no size.</source>
        <translation>Niemand mit dieser Nummer ist jetzt zu sehen, also gibt es keine Größe.</translation>
    </message>
    <message>
        <source>Nobody was seen yet; the floor is found from people.</source>
        <translation>Noch niemand gesehen; der Boden wird aus Personen bestimmt.</translation>
    </message>
    <message>
        <source>Nobody was tracked</source>
        <translation>Niemand wurde verfolgt</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keiner</translation>
    </message>
    <message>
        <source>Not exported: {error}</source>
        <translation>Nicht exportiert: {error}</translation>
    </message>
    <message>
        <source>Not kept: {error}</source>
        <translation>Nicht gesichert: {error}</translation>
    </message>
    <message>
        <source>Not taken: {error}.</source>
        <translation>Nicht übernommen: {error}.</translation>
    </message>
    <message>
        <source>Nothing is playing</source>
        <translation>Nichts läuft</translation>
    </message>
    <message>
        <source>Nothing is recorded: {error}</source>
        <translation>Nichts wird aufgenommen: {error}</translation>
    </message>
    <message>
        <source>Nothing open</source>
        <translation>Nichts geöffnet</translation>
    </message>
    <message>
        <source>Nothing to take back</source>
        <translation>Nichts zurückzunehmen</translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation>Noch nichts</translation>
    </message>
    <message>
        <source>Now tip its bottom away from the camera, about 30°, and hold still</source>
        <translation>Jetzt die Unterseite etwa 30° von der Kamera wegkippen und stillhalten</translation>
    </message>
    <message>
        <source>Now tip its top away from the camera, about 30°, and hold still</source>
        <translation>Jetzt die Oberseite etwa 30° von der Kamera wegkippen und stillhalten</translation>
    </message>
    <message>
        <source>Now turn its left side away from the camera, about 30°, and hold still</source>
        <translation>Jetzt die linke Seite etwa 30° von der Kamera wegdrehen und stillhalten</translation>
    </message>
    <message>
        <source>Now turn its right side away from the camera, about 30°, and hold still</source>
        <translation>Jetzt die rechte Seite etwa 30° von der Kamera wegdrehen und stillhalten</translation>
    </message>
    <message>
        <source>Numbers</source>
        <translation>Zahlen</translation>
    </message>
    <message>
        <source>Numbers that a graphics card computes with; float16 is faster</source>
        <translation>Zahlen, mit denen eine Grafikkarte rechnet; float16 ist schneller</translation>
    </message>
    <message>
        <source>Of the lens above the floor</source>
        <translation>Des Objektivs über dem Boden</translation>
    </message>
    <message>
        <source>Of which joint or limb</source>
        <translation>Welches Gelenk oder Glied</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>On</source>
        <translation>Ein</translation>
    </message>
    <message>
        <source>On the screen, in screenshots, and in recordings from now on</source>
        <translation>Auf dem Bildschirm, in Bildschirmfotos und ab jetzt in Aufnahmen</translation>
    </message>
    <message>
        <source>One person as OSC trackers: hip, chest, feet, knees, elbows.</source>
        <translation>Eine Person als OSC-Tracker: Hüfte, Brust, Füße, Knie, Ellbogen.</translation>
    </message>
    <message>
        <source>One person as a VRM avatar. A click in the picture chooses whom.</source>
        <translation>Eine Person als VRM-Avatar. Ein Klick im Bild wählt, welche.</translation>
    </message>
    <message>
        <source>Only the image and the 3D view; Esc ends it</source>
        <translation>Nur Bild und 3D-Ansicht; Esc beendet</translation>
    </message>
    <message>
        <source>Only these</source>
        <translation>Nur diese</translation>
    </message>
    <message>
        <source>Only while a session plays</source>
        <translation>Nur während eine Sitzung läuft</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Open a calibration</source>
        <translation>Kalibrierung öffnen</translation>
    </message>
    <message>
        <source>Open a camera</source>
        <translation>Kamera öffnen</translation>
    </message>
    <message>
        <source>Open a camera to calibrate it with a printed board.</source>
        <translation>Eine Kamera öffnen, um sie mit einer gedruckten Tafel zu kalibrieren.</translation>
    </message>
    <message>
        <source>Open a file</source>
        <translation>Datei öffnen</translation>
    </message>
    <message>
        <source>Open a folder of images</source>
        <translation>Einen Ordner mit Bildern öffnen</translation>
    </message>
    <message>
        <source>Open a folder of pictures</source>
        <translation>Bilderordner öffnen</translation>
    </message>
    <message>
        <source>Open a model</source>
        <translation>Modell öffnen</translation>
    </message>
    <message>
        <source>Open a recorded session to name its people and to trim it.</source>
        <translation>Eine aufgezeichnete Sitzung öffnen, um Personen zu benennen und zu schneiden.</translation>
    </message>
    <message>
        <source>Open a session</source>
        <translation>Sitzung öffnen</translation>
    </message>
    <message>
        <source>Open a source</source>
        <translation>Quelle öffnen</translation>
    </message>
    <message>
        <source>Open a video or a picture</source>
        <translation>Video oder Bild öffnen</translation>
    </message>
    <message>
        <source>Open a video or an image</source>
        <translation>Video oder Bild öffnen</translation>
    </message>
    <message>
        <source>Open address</source>
        <translation>Adresse öffnen</translation>
    </message>
    <message>
        <source>Open camera</source>
        <translation>Kamera öffnen</translation>
    </message>
    <message>
        <source>Open camera…</source>
        <translation>Kamera öffnen …</translation>
    </message>
    <message>
        <source>Open file…</source>
        <translation>Datei öffnen …</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>Ordner öffnen …</translation>
    </message>
    <message>
        <source>Open lately</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Open page</source>
        <translation>Seite öffnen</translation>
    </message>
    <message>
        <source>Open session…</source>
        <translation>Sitzung öffnen …</translation>
    </message>
    <message>
        <source>Open the new session</source>
        <translation>Neue Sitzung öffnen</translation>
    </message>
    <message>
        <source>OpenCV, Pose2Sim, Sports2D or our own</source>
        <translation>OpenCV, Pose2Sim, Sports2D oder eigene</translation>
    </message>
    <message>
        <source>OpenGL {version} is too old, 2.1 is needed</source>
        <translation>OpenGL {version} ist zu alt, 2.1 wird gebraucht</translation>
    </message>
    <message>
        <source>OpenPose JSON: BODY_25, a file for each frame</source>
        <translation>OpenPose-JSON: BODY_25, eine Datei je Bild</translation>
    </message>
    <message>
        <source>OpenVINO did not start</source>
        <translation>OpenVINO ist nicht gestartet</translation>
    </message>
    <message>
        <source>OpenVINO is not installed</source>
        <translation>OpenVINO ist nicht installiert</translation>
    </message>
    <message>
        <source>Opening {name} …</source>
        <translation>{name} wird geöffnet …</translation>
    </message>
    <message>
        <source>Opening {source} …</source>
        <translation>{source} wird geöffnet …</translation>
    </message>
    <message>
        <source>Orbit down</source>
        <translation>Nach unten kreisen</translation>
    </message>
    <message>
        <source>Orbit to the left</source>
        <translation>Nach links kreisen</translation>
    </message>
    <message>
        <source>Orbit to the right</source>
        <translation>Nach rechts kreisen</translation>
    </message>
    <message>
        <source>Orbit up</source>
        <translation>Nach oben kreisen</translation>
    </message>
    <message>
        <source>Other file …</source>
        <translation>Andere Datei …</translation>
    </message>
    <message>
        <source>Other programs see it as {camera}.</source>
        <translation>Andere Programme sehen sie als {camera}.</translation>
    </message>
    <message>
        <source>Other programs start, stop and mark the recording: by OSC at this port, or as clients of WebSocket. Each order has to bring the token.</source>
        <translation>Andere Programme starten, beenden und markieren die Aufnahme: per OSC an diesem Port oder als Clients von WebSocket. Jeder Befehl muss das Token mitbringen.</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>Pack log, diagnosis and settings in a file</source>
        <translation>Protokoll, Diagnose und Einstellungen in eine Datei packen</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>Abschnitt</translation>
    </message>
    <message>
        <source>Part that counts</source>
        <translation>Abschnitt, der zählt</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>People</source>
        <translation>Personen</translation>
    </message>
    <message>
        <source>People as bodies, or as thin skeletons</source>
        <translation>Personen als Körper oder als dünne Skelette</translation>
    </message>
    <message>
        <source>People come out {height_m:.1f} m tall, which is hard to believe; distances are off as much. Film from about chest height, with whole people in the picture.</source>
        <translation>Personen erscheinen {height_m:.1f} m groß, was kaum zu glauben ist; Entfernungen stimmen ebenso wenig. Etwa aus Brusthöhe filmen, mit ganzen Personen im Bild.</translation>
    </message>
    <message>
        <source>People in the picture by depth: the nearer hide those behind</source>
        <translation>Wer näher ist, verdeckt, wer dahinter ist, wie in 3D</translation>
    </message>
    <message>
        <source>People on the floor suggest about {angle:.0f}°, likely {low:.0f} to {high:.0f}°. A hint alone: nothing was changed.</source>
        <translation>Personen auf dem Boden sprechen für etwa {angle:.0f}°, wahrscheinlich {low:.0f} bis {high:.0f}°. Nur ein Hinweis: Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>People on their image, or alone on a plain one</source>
        <translation>Personen auf ihrem Bild oder auf leerer Fläche</translation>
    </message>
    <message>
        <source>People only</source>
        <translation>Nur Personen</translation>
    </message>
    <message>
        <source>People shown</source>
        <translation>Gezeigte Personen</translation>
    </message>
    <message>
        <source>Perhaps the same</source>
        <translation>Vielleicht dieselbe</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>Person</translation>
    </message>
    <message>
        <source>Person #{number}</source>
        <translation>Person #{number}</translation>
    </message>
    <message>
        <source>Person #{number} comes out {height_m:.2f} m tall. If that is wrong, so is their distance: choose them in the inspector and set their height.</source>
        <translation>Person #{number} erscheint {height_m:.2f} m groß. Ist das falsch, stimmt auch die Entfernung nicht: im Inspektor wählen und die Größe setzen.</translation>
    </message>
    <message>
        <source>Person #{number} floats above the floor that others stand on, by {by_m:.1f} m: if they stand on it, accept or set their height.</source>
        <translation>Person #{number} schwebt {by_m:.1f} m über dem Boden, auf dem andere stehen: Steht sie darauf, die Größe annehmen oder setzen.</translation>
    </message>
    <message>
        <source>Person #{number} is cut off at the bottom: step back or tilt the camera down.</source>
        <translation>Person #{number} ist unten abgeschnitten: zurücktreten oder die Kamera nach unten neigen.</translation>
    </message>
    <message>
        <source>Person #{number} is cut off at the left: move to the middle.</source>
        <translation>Person #{number} ist links abgeschnitten: zur Mitte gehen.</translation>
    </message>
    <message>
        <source>Person #{number} is cut off at the right: move to the middle.</source>
        <translation>Person #{number} ist rechts abgeschnitten: zur Mitte gehen.</translation>
    </message>
    <message>
        <source>Person #{number} is cut off at the top: step back or tilt the camera up.</source>
        <translation>Person #{number} ist oben abgeschnitten: zurücktreten oder die Kamera nach oben neigen.</translation>
    </message>
    <message>
        <source>Person #{number} is far away ({distance_m:.1f} m) and small in the picture: come closer, or give the model more detail.</source>
        <translation>Person #{number} ist weit weg ({distance_m:.1f} m) und klein im Bild: näher kommen oder dem Modell mehr Details geben.</translation>
    </message>
    <message>
        <source>Person #{number} sinks into the floor that others stand on, by {by_m:.1f} m: if they stand on it, accept or set their height.</source>
        <translation>Person #{number} sinkt {by_m:.1f} m in den Boden, auf dem andere stehen: Steht sie darauf, die Größe annehmen oder setzen.</translation>
    </message>
    <message>
        <source>Person {number}</source>
        <translation>Person {number}</translation>
    </message>
    <message>
        <source>Person {number} is not in the picture any more.</source>
        <translation>Person {number} ist nicht mehr im Bild.</translation>
    </message>
    <message>
        <source>Person {number} seems {tall_m:.2f} m tall by the floor, {seen_m:.2f} m by the look.</source>
        <translation>Person {number} ist dem Boden nach {tall_m:.2f} m groß, dem Anschein nach {seen_m:.2f} m.</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Picture alone</source>
        <translation>Nur Bild</translation>
    </message>
    <message>
        <source>Picture and 3D view are in windows of their own.</source>
        <translation>Bild und 3D-Ansicht sind in eigenen Fenstern.</translation>
    </message>
    <message>
        <source>Picture and overlay</source>
        <translation>Bild und Überlagerung</translation>
    </message>
    <message>
        <source>Picture beside 3D view</source>
        <translation>Bild neben der 3D-Ansicht</translation>
    </message>
    <message>
        <source>Picture in a window</source>
        <translation>Bild im eigenen Fenster</translation>
    </message>
    <message>
        <source>Picture in a window, on another screen if there is one</source>
        <translation>Bild im eigenen Fenster, möglichst auf anderem Bildschirm</translation>
    </message>
    <message>
        <source>Picture in the 3D view</source>
        <translation>Bild in der 3D-Ansicht</translation>
    </message>
    <message>
        <source>Picture: click a person</source>
        <translation>Bild: Person anklicken</translation>
    </message>
    <message>
        <source>Picture: drag</source>
        <translation>Bild: ziehen</translation>
    </message>
    <message>
        <source>Picture: hover a joint</source>
        <translation>Bild: über ein Gelenk fahren</translation>
    </message>
    <message>
        <source>Picture: wheel</source>
        <translation>Bild: Mausrad</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Pictures (*.png *.jpg)</source>
        <translation>Bilder (*.png *.jpg)</translation>
    </message>
    <message>
        <source>Pictures (*.png)</source>
        <translation>Bilder (*.png)</translation>
    </message>
    <message>
        <source>Pictures passed over to keep the film&apos;s pace; `das-app capture` looks at every one</source>
        <translation>Bilder, die ausgelassen wurden, um das Tempo des Films zu halten; `das-app capture` sieht jedes an</translation>
    </message>
    <message>
        <source>Pictures that the model was too slow for, of all since the start</source>
        <translation>Bilder, für die das Modell zu langsam war, von allen seit dem Start</translation>
    </message>
    <message>
        <source>Pixels; x right, y down</source>
        <translation>Pixel; x rechts, y unten</translation>
    </message>
    <message>
        <source>Place in the file</source>
        <translation>Stelle in der Datei</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Play a recorded session</source>
        <translation>Eine aufgezeichnete Sitzung abspielen</translation>
    </message>
    <message>
        <source>Play the bundled clip</source>
        <translation>Den mitgelieferten Clip abspielen</translation>
    </message>
    <message>
        <source>Play the bundled clip, open a camera, or drop a video,
a picture, a folder of pictures or a session here.
People are found best with head and feet in the picture.</source>
        <translation>Den mitgelieferten Clip abspielen, eine Kamera öffnen oder ein Video,
ein Bild, einen Bilderordner oder eine Sitzung hierher ziehen.
Personen werden am besten erkannt, wenn Kopf und Füße im Bild sind.</translation>
    </message>
    <message>
        <source>Play the demo</source>
        <translation>Demo abspielen</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>Port</translation>
    </message>
    <message>
        <source>Port for OSC</source>
        <translation>Port für OSC</translation>
    </message>
    <message>
        <source>Pose2Sim: RHip, RKnee</source>
        <translation>Pose2Sim: RHip, RKnee</translation>
    </message>
    <message>
        <source>Poses</source>
        <translation>Posen</translation>
    </message>
    <message>
        <source>Poses as the model found them, without smoothing</source>
        <translation>Posen, wie das Modell sie fand, ohne Glättung</translation>
    </message>
    <message>
        <source>Poses as they were shown live, raw as the model found them, or refined afterwards</source>
        <translation>Posen, wie sie live zu sehen waren, roh, wie das Modell sie fand, oder nachträglich verfeinert</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>Positions</source>
        <translation>Positionen</translation>
    </message>
    <message>
        <source>Precise</source>
        <translation>Genau</translation>
    </message>
    <message>
        <source>Presentation</source>
        <translation>Präsentation</translation>
    </message>
    <message>
        <source>Preview: {text}</source>
        <translation>Vorschau: {text}</translation>
    </message>
    <message>
        <source>Print the board at any size, glue it to something flat, and show it to the camera: near and far, in every corner of the picture, and tilted to all four sides. Views are taken by themselves while you hold still.</source>
        <translation>Die Tafel in beliebiger Größe drucken, auf etwas Flaches kleben und der Kamera zeigen: nah und fern, in jeder Ecke des Bildes und nach allen vier Seiten gekippt. Ansichten werden von selbst aufgenommen, solange sie stillsteht.</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>Bildrate</translation>
    </message>
    <message>
        <source>Raw</source>
        <translation>Roh</translation>
    </message>
    <message>
        <source>Raw, as the model found them</source>
        <translation>Roh, wie das Modell sie fand</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufnehmen</translation>
    </message>
    <message>
        <source>Record the images with the poses</source>
        <translation>Die Bilder zu den Posen aufnehmen</translation>
    </message>
    <message>
        <source>Record video</source>
        <translation>Video aufnehmen</translation>
    </message>
    <message>
        <source>Recorded</source>
        <translation>Aufgenommen</translation>
    </message>
    <message>
        <source>Recorded &lt;b&gt;{name}&lt;/b&gt;: {text}</source>
        <translation>&lt;b&gt;{name}&lt;/b&gt; aufgenommen: {text}</translation>
    </message>
    <message>
        <source>Recorded session …</source>
        <translation>Aufgezeichnete Sitzung …</translation>
    </message>
    <message>
        <source>Recorded sessions</source>
        <translation>Aufgezeichnete Sitzungen</translation>
    </message>
    <message>
        <source>Recorded so far</source>
        <translation>Bisher aufgenommen</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>Aufnahme</translation>
    </message>
    <message>
        <source>Recording begins in {time} s · Ctrl+R gives up</source>
        <translation>Aufnahme beginnt in {time} s · Strg+R bricht ab</translation>
    </message>
    <message>
        <source>Recording ended, it failed: {problem}</source>
        <translation>Aufnahme beendet, sie schlug fehl: {problem}</translation>
    </message>
    <message>
        <source>Refine</source>
        <translation>Verfeinern</translation>
    </message>
    <message>
        <source>Refined</source>
        <translation>Verfeinert</translation>
    </message>
    <message>
        <source>Refined afterwards</source>
        <translation>Nachträglich verfeinert</translation>
    </message>
    <message>
        <source>Refine…</source>
        <translation>Verfeinern …</translation>
    </message>
    <message>
        <source>Remote control</source>
        <translation>Fernsteuerung</translation>
    </message>
    <message>
        <source>Rename a session</source>
        <translation>Sitzung umbenennen</translation>
    </message>
    <message>
        <source>Rename …</source>
        <translation>Umbenennen …</translation>
    </message>
    <message>
        <source>Repair</source>
        <translation>Reparieren</translation>
    </message>
    <message numerus="yes">
        <source>Repairing %Ln session(s) …</source>
        <translation>
            <numerusform>%Ln Sitzung wird repariert …</numerusform>
            <numerusform>%Ln Sitzungen werden repariert …</numerusform>
        </translation>
    </message>
    <message>
        <source>Report a problem</source>
        <translation>Problem melden</translation>
    </message>
    <message>
        <source>Report a problem…</source>
        <translation>Problem melden …</translation>
    </message>
    <message>
        <source>Rerun recording: people, camera and video for its viewer</source>
        <translation>Rerun-Aufzeichnung: Personen, Kamera und Video für dessen Betrachter</translation>
    </message>
    <message>
        <source>Resample to</source>
        <translation>Umrechnen auf</translation>
    </message>
    <message>
        <source>Reset trim</source>
        <translation>Schnitt aufheben</translation>
    </message>
    <message>
        <source>Reset zoom</source>
        <translation>Zoom zurücksetzen</translation>
    </message>
    <message>
        <source>Resolution</source>
        <translation>Auflösung</translation>
    </message>
    <message>
        <source>Room left on the disk</source>
        <translation>Freier Platz auf dem Datenträger</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Anwenden</translation>
    </message>
    <message>
        <source>Run another model</source>
        <translation>Anderes Modell anwenden</translation>
    </message>
    <message>
        <source>Run another model over the images, into a new session</source>
        <translation>Ein anderes Modell auf die Bilder anwenden, in eine neue Sitzung</translation>
    </message>
    <message>
        <source>Run another model…</source>
        <translation>Anderes Modell anwenden …</translation>
    </message>
    <message>
        <source>Runs on</source>
        <translation>Läuft auf</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Sichern</translation>
    </message>
    <message>
        <source>Save a picture</source>
        <translation>Bild sichern</translation>
    </message>
    <message>
        <source>Save report</source>
        <translation>Bericht sichern</translation>
    </message>
    <message>
        <source>Save report…</source>
        <translation>Bericht sichern …</translation>
    </message>
    <message>
        <source>Save screenshot</source>
        <translation>Bildschirmfoto sichern</translation>
    </message>
    <message>
        <source>Save screenshot of the 3D view</source>
        <translation>Bild der 3D-Ansicht sichern</translation>
    </message>
    <message>
        <source>Save the 3D view</source>
        <translation>Die 3D-Ansicht sichern</translation>
    </message>
    <message>
        <source>Save the board for printing</source>
        <translation>Die Tafel zum Drucken sichern</translation>
    </message>
    <message>
        <source>Save the board for printing …</source>
        <translation>Tafel zum Drucken sichern …</translation>
    </message>
    <message>
        <source>Save the window</source>
        <translation>Das Fenster sichern</translation>
    </message>
    <message>
        <source>Save turntable film…</source>
        <translation>Rundumfilm sichern …</translation>
    </message>
    <message>
        <source>Saved as {path}</source>
        <translation>Gesichert als {path}</translation>
    </message>
    <message>
        <source>Saved {name}</source>
        <translation>{name} gesichert</translation>
    </message>
    <message>
        <source>Say how tall the chosen person stands, without shoes: their size and distance follow, and the picture stays as it is</source>
        <translation>Wie groß die gewählte Person ohne Schuhe ist: Größe und Entfernung richten sich danach, das Bild bleibt, wie es ist</translation>
    </message>
    <message>
        <source>Say where to write to.</source>
        <translation>Das Ziel angeben.</translation>
    </message>
    <message>
        <source>Scan again</source>
        <translation>Neu suchen</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>Konfidenz</translation>
    </message>
    <message>
        <source>See the people in your browser</source>
        <translation>Die Personen im Browser sehen</translation>
    </message>
    <message>
        <source>Seen</source>
        <translation>Zu sehen</translation>
    </message>
    <message>
        <source>Seen shortly</source>
        <translation>Kurz zu sehen</translation>
    </message>
    <message>
        <source>Send as a camera</source>
        <translation>Als Kamera senden</translation>
    </message>
    <message>
        <source>Send people to other programs, live</source>
        <translation>Personen live an andere Programme senden</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>Sitzung</translation>
    </message>
    <message>
        <source>Sessions folder</source>
        <translation>Sitzungsordner</translation>
    </message>
    <message>
        <source>Sessions go to {folder}</source>
        <translation>Sitzungen kommen nach {folder}</translation>
    </message>
    <message>
        <source>Set height</source>
        <translation>Größe setzen</translation>
    </message>
    <message>
        <source>Shadows on the floor</source>
        <translation>Schatten auf dem Boden</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alle zeigen</translation>
    </message>
    <message>
        <source>Show bodies</source>
        <translation>Körper zeigen</translation>
    </message>
    <message>
        <source>Show centre heat map</source>
        <translation>Heatmap der Mitten zeigen</translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation>Ordner zeigen</translation>
    </message>
    <message>
        <source>Show image</source>
        <translation>Bild zeigen</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Show it</source>
        <translation>Ansehen</translation>
    </message>
    <message>
        <source>Show it in the file manager</source>
        <translation>In der Dateiverwaltung zeigen</translation>
    </message>
    <message>
        <source>Show keys and mouse</source>
        <translation>Tasten und Maus zeigen</translation>
    </message>
    <message>
        <source>Show labels</source>
        <translation>Beschriftung zeigen</translation>
    </message>
    <message>
        <source>Show latency over the last seconds</source>
        <translation>Latenz der letzten Sekunden zeigen</translation>
    </message>
    <message>
        <source>Show live image</source>
        <translation>Live-Bild zeigen</translation>
    </message>
    <message>
        <source>Show log folder</source>
        <translation>Protokollordner zeigen</translation>
    </message>
    <message>
        <source>Show offset arrows</source>
        <translation>Versatzpfeile zeigen</translation>
    </message>
    <message>
        <source>Show raw poses</source>
        <translation>Rohe Posen zeigen</translation>
    </message>
    <message>
        <source>Show sessions folder</source>
        <translation>Sitzungsordner zeigen</translation>
    </message>
    <message>
        <source>Show shadows</source>
        <translation>Schatten zeigen</translation>
    </message>
    <message>
        <source>Show the image as in a mirror</source>
        <translation>Das Bild wie in einem Spiegel zeigen</translation>
    </message>
    <message>
        <source>Show the whole image</source>
        <translation>Das ganze Bild zeigen</translation>
    </message>
    <message>
        <source>Show the window</source>
        <translation>Fenster zeigen</translation>
    </message>
    <message>
        <source>Show this person in the picture and in 3D</source>
        <translation>Diese Person im Bild und in 3D zeigen</translation>
    </message>
    <message>
        <source>Show trails</source>
        <translation>Spuren zeigen</translation>
    </message>
    <message>
        <source>Show true depth</source>
        <translation>Echte Tiefe zeigen</translation>
    </message>
    <message>
        <source>Shown</source>
        <translation>Sichtbar</translation>
    </message>
    <message>
        <source>Shows</source>
        <translation>Zeigt</translation>
    </message>
    <message>
        <source>Side</source>
        <translation>Seite</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>Nebeneinander</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Size of the picture</source>
        <translation>Größe des Bildes</translation>
    </message>
    <message>
        <source>Size of the session on the disk</source>
        <translation>Größe der Sitzung auf dem Datenträger</translation>
    </message>
    <message>
        <source>Slide of standing feet: {was:.0f} mm/s before, {now:.0f} now</source>
        <translation>Rutschen stehender Füße: vorher {was:.0f} mm/s, jetzt {now:.0f}</translation>
    </message>
    <message>
        <source>Smooth over time</source>
        <translation>Über die Zeit glätten</translation>
    </message>
    <message>
        <source>Smoothed</source>
        <translation>Geglättet</translation>
    </message>
    <message>
        <source>Smoothed, as recorded</source>
        <translation>Geglättet, wie aufgezeichnet</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Glättung</translation>
    </message>
    <message>
        <source>Smoothing of people over time</source>
        <translation>Personen über die Zeit glätten</translation>
    </message>
    <message>
        <source>Smoothing of the distance</source>
        <translation>Glättung der Entfernung</translation>
    </message>
    <message>
        <source>Smoothing of the limbs</source>
        <translation>Glättung der Glieder</translation>
    </message>
    <message>
        <source>Solve the motion over the whole recording: no gaps, steady bones and feet</source>
        <translation>Die Bewegung über die ganze Aufnahme lösen: keine Lücken, feste Knochen und Füße</translation>
    </message>
    <message>
        <source>Solves the motion of everybody over the whole recording: skipped pictures are looked at now, gaps of up to two seconds are bridged, bones keep one length, standing feet stay put. The result is kept beside the raw and the live poses, which stay as they are.</source>
        <translation>Löst die Bewegung aller über die ganze Aufnahme: Ausgelassene Bilder werden jetzt untersucht, Lücken bis zu zwei Sekunden überbrückt, Knochen behalten eine Länge, stehende Füße bleiben stehen. Das Ergebnis kommt neben die rohen und die Live-Posen, die bleiben, wie sie sind.</translation>
    </message>
    <message>
        <source>Somebody new from the frame shown on</source>
        <translation>Ab dem gezeigten Bild jemand Neues</translation>
    </message>
    <message>
        <source>Something went wrong: {text}. The log has the details.</source>
        <translation>Etwas ging schief: {text}. Das Protokoll nennt Einzelheiten.</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>Ton</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Geschwindigkeit</translation>
    </message>
    <message>
        <source>Split here</source>
        <translation>Hier teilen</translation>
    </message>
    <message>
        <source>Start files again when they end</source>
        <translation>Dateien am Ende neu beginnen</translation>
    </message>
    <message>
        <source>Start or stop a recording</source>
        <translation>Eine Aufnahme beginnen oder beenden</translation>
    </message>
    <message>
        <source>Starting …</source>
        <translation>Startet …</translation>
    </message>
    <message>
        <source>Steady bones</source>
        <translation>Feste Knochen</translation>
    </message>
    <message>
        <source>Step back one frame</source>
        <translation>Ein Bild zurück</translation>
    </message>
    <message>
        <source>Step forward one frame</source>
        <translation>Ein Bild vor</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Stop and close the source</source>
        <translation>Anhalten und die Quelle schließen</translation>
    </message>
    <message>
        <source>Stop recording</source>
        <translation>Aufnahme beenden</translation>
    </message>
    <message>
        <source>Stream by {protocol}</source>
        <translation>Senden per {protocol}</translation>
    </message>
    <message>
        <source>Streaming</source>
        <translation>Streaming</translation>
    </message>
    <message>
        <source>Streaming: {error}</source>
        <translation>Streaming: {error}</translation>
    </message>
    <message>
        <source>Swap from here</source>
        <translation>Ab hier tauschen</translation>
    </message>
    <message>
        <source>Switched off at every start. Nothing leaves this computer unless you say so below.</source>
        <translation>Bei jedem Start ausgeschaltet. Nichts verlässt diesen Rechner, solange es unten nicht eingestellt wird.</translation>
    </message>
    <message>
        <source>TRC: markers for OpenSim, a file for each person</source>
        <translation>TRC: Marker für OpenSim, eine Datei je Person</translation>
    </message>
    <message>
        <source>Table of people, and one&apos;s motion over time</source>
        <translation>Tabelle der Personen, Bewegung über die Zeit</translation>
    </message>
    <message>
        <source>Take back: {change}</source>
        <translation>Zurücknehmen: {change}</translation>
    </message>
    <message>
        <source>Take orders of other programs</source>
        <translation>Befehle anderer Programme annehmen</translation>
    </message>
    <message>
        <source>Take the chosen people out of the session</source>
        <translation>Die gewählten Personen aus der Sitzung nehmen</translation>
    </message>
    <message>
        <source>Take the last change of zones back</source>
        <translation>Die letzte Änderung an Zonen zurücknehmen</translation>
    </message>
    <message>
        <source>TensorRT 10 is not installed</source>
        <translation>TensorRT 10 ist nicht installiert</translation>
    </message>
    <message>
        <source>TensorRT did not start</source>
        <translation>TensorRT ist nicht gestartet</translation>
    </message>
    <message>
        <source>TensorRT prepares the model for pictures of {width} × {height}. That takes some minutes, once.</source>
        <translation>TensorRT bereitet das Modell für Bilder von {width} × {height} vor. Das dauert einmal einige Minuten.</translation>
    </message>
    <message>
        <source>The 3D view is off: {problem}.

The picture and the figures work on. “das-app doctor” tells what is missing.</source>
        <translation>Die 3D-Ansicht ist aus: {problem}.

Bild und Zahlen arbeiten weiter. „das-app doctor“ nennt, was fehlt.</translation>
    </message>
    <message>
        <source>The camera chosen above is shown here</source>
        <translation>Die oben gewählte Kamera erscheint hier</translation>
    </message>
    <message>
        <source>The camera delivers the nearest it can</source>
        <translation>Die Kamera liefert das Nächstliegende</translation>
    </message>
    <message>
        <source>The camera sets it by itself</source>
        <translation>Die Kamera stellt es selbst ein</translation>
    </message>
    <message>
        <source>The camera, its lens, what is ignored, and the floor</source>
        <translation>Kamera, Objektiv, Ignoriertes und Boden</translation>
    </message>
    <message>
        <source>The id that stands by the person in the picture</source>
        <translation>Die Nummer, die im Bild bei der Person steht</translation>
    </message>
    <message>
        <source>The model follows “Distribution-Aware Single-Stage Models for Multi-Person 3D Pose Estimation” by Wang, Nie, Qu, Chen and Liu, CVPR 2022.</source>
        <translation>Das Modell folgt „Distribution-Aware Single-Stage Models for Multi-Person 3D Pose Estimation“ von Wang, Nie, Qu, Chen und Liu, CVPR 2022.</translation>
    </message>
    <message>
        <source>The model manages {model:.0f} of {camera:.0f} pictures a second: choose less detail or a faster device for the model.</source>
        <translation>Das Modell schafft {model:.0f} von {camera:.0f} Bildern je Sekunde: weniger Details oder ein schnelleres Gerät für das Modell wählen.</translation>
    </message>
    <message>
        <source>The model runs on CUDA without TensorRT: {reason}.</source>
        <translation>Das Modell läuft auf CUDA ohne TensorRT: {reason}.</translation>
    </message>
    <message>
        <source>The model runs on the CPU: {reason}. “das-app doctor” tells what is missing.</source>
        <translation>Das Modell läuft auf der CPU: {reason}. „das-app doctor“ nennt, was fehlt.</translation>
    </message>
    <message>
        <source>The model&apos;s joints</source>
        <translation>Die Gelenke des Modells</translation>
    </message>
    <message>
        <source>The picture is very dark: switch on a light or open the camera&apos;s exposure.</source>
        <translation>Das Bild ist sehr dunkel: Licht einschalten oder die Kamera länger belichten lassen.</translation>
    </message>
    <message>
        <source>The report could not be written.</source>
        <translation>Der Bericht konnte nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>The turntable was given up.</source>
        <translation>Der Rundumfilm wurde abgebrochen.</translation>
    </message>
    <message>
        <source>There is no trash for {name}. Delete it for ever?</source>
        <translation>Für {name} gibt es keinen Papierkorb. Endgültig löschen?</translation>
    </message>
    <message>
        <source>This leaves your computer.</source>
        <translation>Das verlässt diesen Rechner.</translation>
    </message>
    <message>
        <source>This session was recorded without its pictures</source>
        <translation>Diese Sitzung wurde ohne ihre Bilder aufgezeichnet</translation>
    </message>
    <message>
        <source>This session was recorded without its pictures.</source>
        <translation>Diese Sitzung wurde ohne ihre Bilder aufgezeichnet.</translation>
    </message>
    <message>
        <source>Tilt</source>
        <translation>Neigung</translation>
    </message>
    <message>
        <source>Time of the model per frame</source>
        <translation>Zeit des Modells je Bild</translation>
    </message>
    <message>
        <source>Timing</source>
        <translation>Zeiten</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Token: made for you if left empty</source>
        <translation>Token: wird erzeugt, wenn leer</translation>
    </message>
    <message>
        <source>Top</source>
        <translation>Oben</translation>
    </message>
    <message>
        <source>Trails of pelvis and wrists</source>
        <translation>Spuren von Becken und Handgelenken</translation>
    </message>
    <message>
        <source>Transparent</source>
        <translation>Durchsichtig</translation>
    </message>
    <message>
        <source>Trim end here</source>
        <translation>Ende hier</translation>
    </message>
    <message>
        <source>Trim start here</source>
        <translation>Anfang hier</translation>
    </message>
    <message>
        <source>Turn</source>
        <translation>Drehen</translation>
    </message>
    <message>
        <source>Type a name beside a number. Names go into exports. A height in metres sets how large a person is, and so how far away. To put numbers right, choose rows (Ctrl for several).</source>
        <translation>Neben eine Nummer einen Namen schreiben. Namen kommen in Exporte. Eine Größe in Metern legt fest, wie groß eine Person ist und damit, wie weit weg. Um Nummern zu berichtigen, Zeilen wählen (Strg für mehrere).</translation>
    </message>
    <message>
        <source>USD: a UsdSkel skeleton for each person</source>
        <translation>USD: ein UsdSkel-Skelett je Person</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>Verwenden</translation>
    </message>
    <message>
        <source>VRM Animation: a file for each person</source>
        <translation>VRM-Animation: eine Datei je Person</translation>
    </message>
    <message>
        <source>VRM: hips, leftUpperLeg</source>
        <translation>VRM: hips, leftUpperLeg</translation>
    </message>
    <message>
        <source>Version {number} · Python {python} · Qt {qt}</source>
        <translation>Version {number} · Python {python} · Qt {qt}</translation>
    </message>
    <message>
        <source>Video or picture …</source>
        <translation>Video oder Bild …</translation>
    </message>
    <message>
        <source>Videos and pictures ({patterns});;All files (*)</source>
        <translation>Videos und Bilder ({patterns});;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>View everybody</source>
        <translation>Alle ansehen</translation>
    </message>
    <message>
        <source>View from the camera</source>
        <translation>Ansicht durch die Kamera</translation>
    </message>
    <message>
        <source>View from the front</source>
        <translation>Ansicht von vorn</translation>
    </message>
    <message>
        <source>View from the side</source>
        <translation>Ansicht von der Seite</translation>
    </message>
    <message>
        <source>View from the top</source>
        <translation>Ansicht von oben</translation>
    </message>
    <message>
        <source>View {digit}</source>
        <translation>Ansicht {digit}</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Waiting for the camera …</source>
        <translation>Warten auf die Kamera …</translation>
    </message>
    <message>
        <source>What finds the people; the change needs no restart</source>
        <translation>Was die Personen erkennt; der Wechsel braucht keinen Neustart</translation>
    </message>
    <message>
        <source>What is there already will be replaced.</source>
        <translation>Was dort schon ist, wird ersetzt.</translation>
    </message>
    <message>
        <source>What the camera really delivers is measured and shown</source>
        <translation>Was die Kamera wirklich liefert, wird gemessen und gezeigt</translation>
    </message>
    <message>
        <source>What the model runs on</source>
        <translation>Worauf das Modell läuft</translation>
    </message>
    <message>
        <source>What to draw</source>
        <translation>Was gezeichnet wird</translation>
    </message>
    <message>
        <source>Where sessions are saved</source>
        <translation>Wohin Sitzungen gesichert werden</translation>
    </message>
    <message>
        <source>While recording: {problem}.</source>
        <translation>Bei der Aufnahme: {problem}.</translation>
    </message>
    <message>
        <source>White</source>
        <translation>Weiß</translation>
    </message>
    <message>
        <source>White balance</source>
        <translation>Weißabgleich</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Wer</translation>
    </message>
    <message>
        <source>Who can find it</source>
        <translation>Wer es finden kann</translation>
    </message>
    <message>
        <source>Who can reach it</source>
        <translation>Wer es erreichen kann</translation>
    </message>
    <message>
        <source>Who receives it: 127.0.0.1 for this computer, or another&apos;s address</source>
        <translation>Wer es empfängt: 127.0.0.1 für diesen Rechner oder die Adresse eines anderen</translation>
    </message>
    <message>
        <source>Whole session, {length}</source>
        <translation>Ganze Sitzung, {length}</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>With a board …</source>
        <translation>Mit Tafel …</translation>
    </message>
    <message>
        <source>Without shoes</source>
        <translation>Ohne Schuhe</translation>
    </message>
    <message>
        <source>Work the lens out of this person</source>
        <translation>Das Objektiv aus dieser Person bestimmen</translation>
    </message>
    <message>
        <source>Working …</source>
        <translation>Arbeitet …</translation>
    </message>
    <message>
        <source>Working: the diagnosis takes some seconds …</source>
        <translation>Arbeitet: Die Diagnose dauert einige Sekunden …</translation>
    </message>
    <message>
        <source>World: y down from the floor, origin on it below the lens. Off: camera space</source>
        <translation>Welt: y vom Boden nach unten, Ursprung auf ihm unter dem Objektiv. Aus: Kameraraum</translation>
    </message>
    <message>
        <source>Write a session in another format</source>
        <translation>Eine Sitzung in einem anderen Format schreiben</translation>
    </message>
    <message>
        <source>Write the recorded ones beside it</source>
        <translation>Die aufgezeichneten daneben schreiben</translation>
    </message>
    <message>
        <source>Write to</source>
        <translation>Ziel</translation>
    </message>
    <message>
        <source>Writing {path} …</source>
        <translation>{path} wird geschrieben …</translation>
    </message>
    <message>
        <source>Written: {summary}</source>
        <translation>Geschrieben: {summary}</translation>
    </message>
    <message>
        <source>Zones and distances in which nobody counts, such as an audience, a mirror or a television.</source>
        <translation>Zonen und Entfernungen, in denen niemand zählt, etwa Publikum, ein Spiegel oder ein Fernseher.</translation>
    </message>
    <message>
        <source>a picture may have {most} pixels, got {width} x {height}</source>
        <translation>ein Bild darf {most} Pixel haben, dieses hat {width} x {height}</translation>
    </message>
    <message>
        <source>a second look at as many people as there is time for</source>
        <translation>ein zweiter Blick auf so viele Personen, wie Zeit ist</translation>
    </message>
    <message>
        <source>a second look at each person, however long it takes</source>
        <translation>ein zweiter Blick auf jede Person, wie lange es auch dauert</translation>
    </message>
    <message>
        <source>a steady rate</source>
        <translation>eine gleichmäßige Rate</translation>
    </message>
    <message>
        <source>all of it</source>
        <translation>gesamt</translation>
    </message>
    <message>
        <source>angles are the same in any</source>
        <translation>Winkel sind in jedem gleich</translation>
    </message>
    <message>
        <source>ankle</source>
        <translation>Knöchel</translation>
    </message>
    <message>
        <source>another program may be using it; else check Settings &gt; Privacy &amp; security &gt; Camera</source>
        <translation>vielleicht benutzt sie ein anderes Programm; sonst Einstellungen &gt; Datenschutz und Sicherheit &gt; Kamera prüfen</translation>
    </message>
    <message>
        <source>another program may be using it; else check System Settings &gt; Privacy &amp; Security &gt; Camera</source>
        <translation>vielleicht benutzt sie ein anderes Programm; sonst Systemeinstellungen &gt; Datenschutz &amp; Sicherheit &gt; Kamera prüfen</translation>
    </message>
    <message>
        <source>another program may be using it; else check that it is plugged in</source>
        <translation>vielleicht benutzt sie ein anderes Programm; sonst prüfen, ob sie eingesteckt ist</translation>
    </message>
    <message>
        <source>as seen</source>
        <translation>wie gesehen</translation>
    </message>
    <message>
        <source>asked {asked}, got {got}</source>
        <translation>gewünscht {asked}, geliefert {got}</translation>
    </message>
    <message>
        <source>asked {asked}, got {got} at {rate:.0f}</source>
        <translation>gewünscht {asked}, geliefert {got} mit {rate:.0f}</translation>
    </message>
    <message>
        <source>auto</source>
        <translation>Auto</translation>
    </message>
    <message>
        <source>calibrated</source>
        <translation>kalibriert</translation>
    </message>
    <message>
        <source>calibrated at {size}{name}</source>
        <translation>kalibriert bei {size}{name}</translation>
    </message>
    <message>
        <source>camera {number}</source>
        <translation>Kamera {number}</translation>
    </message>
    <message>
        <source>capture</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <source>choose for the inspector</source>
        <translation>für den Inspektor wählen</translation>
    </message>
    <message>
        <source>cleared</source>
        <translation>gelöscht</translation>
    </message>
    <message>
        <source>damaged pictures</source>
        <translation>beschädigte Bilder</translation>
    </message>
    <message>
        <source>dd MMMM yyyy, HH:mm</source>
        <comment>date and time</comment>
        <translation>d. MMMM yyyy, HH:mm</translation>
    </message>
    <message>
        <source>decode</source>
        <translation>Dekodieren</translation>
    </message>
    <message>
        <source>disk full</source>
        <translation>Datenträger voll</translation>
    </message>
    <message>
        <source>disk low</source>
        <translation>Datenträger fast voll</translation>
    </message>
    <message>
        <source>drag to orbit · right drag to pan · wheel to zoom</source>
        <translation>ziehen kreist · rechts ziehen verschiebt · Mausrad zoomt</translation>
    </message>
    <message>
        <source>dropped</source>
        <translation>verworfen</translation>
    </message>
    <message>
        <source>ear</source>
        <translation>Ohr</translation>
    </message>
    <message>
        <source>elbow</source>
        <translation>Ellbogen</translation>
    </message>
    <message>
        <source>end-to-end latency</source>
        <translation>Latenz insgesamt</translation>
    </message>
    <message>
        <source>everybody is in it anyway</source>
        <translation>alle sind ohnehin darin</translation>
    </message>
    <message>
        <source>eye</source>
        <translation>Auge</translation>
    </message>
    <message>
        <source>f {focal:.0f} px · FOV {fov:.4g}°, {lens}</source>
        <translation>f {focal:.0f} px · Bildwinkel {fov:.4g}°, {lens}</translation>
    </message>
    <message>
        <source>f {focal:.0f} px · {lens}</source>
        <translation>f {focal:.0f} px · {lens}</translation>
    </message>
    <message>
        <source>fast</source>
        <translation>schnell</translation>
    </message>
    <message>
        <source>folder lost</source>
        <translation>Ordner verloren</translation>
    </message>
    <message>
        <source>found from people</source>
        <translation>aus Personen bestimmt</translation>
    </message>
    <message>
        <source>from {joint} to …</source>
        <translation>von {joint} bis …</translation>
    </message>
    <message>
        <source>glTF binary: a skinned mannequin of everybody</source>
        <translation>glTF binär: eine Puppe mit Haut von allen</translation>
    </message>
    <message>
        <source>good</source>
        <translation>gut</translation>
    </message>
    <message>
        <source>hand</source>
        <translation>Hand</translation>
    </message>
    <message>
        <source>head</source>
        <translation>Kopf</translation>
    </message>
    <message>
        <source>head top</source>
        <translation>Scheitel</translation>
    </message>
    <message>
        <source>hidden</source>
        <translation>verborgen</translation>
    </message>
    <message>
        <source>high: is the board flat, the picture sharp?</source>
        <translation>hoch: Ist die Tafel flach, das Bild scharf?</translation>
    </message>
    <message>
        <source>hip</source>
        <translation>Hüfte</translation>
    </message>
    <message>
        <source>hover a joint for its place · wheel to zoom · drag to move</source>
        <translation>Gelenke zeigen ihren Ort · Mausrad zoomt · ziehen verschiebt</translation>
    </message>
    <message>
        <source>image {name} cannot be decoded</source>
        <translation>Bild {name} lässt sich nicht dekodieren</translation>
    </message>
    <message>
        <source>image {name} cannot be read: {error}</source>
        <translation>Bild {name} lässt sich nicht lesen: {error}</translation>
    </message>
    <message>
        <source>image {name} has more than {most} MiB</source>
        <translation>Bild {name} hat mehr als {most} MiB</translation>
    </message>
    <message>
        <source>image {name} has {width} x {height} pixels, more than {most}</source>
        <translation>Bild {name} hat {width} x {height} Pixel, mehr als {most}</translation>
    </message>
    <message>
        <source>image {path} cannot be decoded</source>
        <translation>Bild {path} lässt sich nicht dekodieren</translation>
    </message>
    <message>
        <source>image {path} has more than {most} pixels</source>
        <translation>Bild {path} hat mehr als {most} Pixel</translation>
    </message>
    <message>
        <source>inference</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>invalid points</source>
        <translation>ungültige Punkte</translation>
    </message>
    <message>
        <source>invisible</source>
        <translation>unsichtbar</translation>
    </message>
    <message>
        <source>it belongs to the recorded frames</source>
        <translation>sie gehört zu den aufgezeichneten Bildern</translation>
    </message>
    <message>
        <source>it does not answer</source>
        <translation>sie antwortet nicht</translation>
    </message>
    <message>
        <source>it does not answer for {time:g} s</source>
        <translation>sie antwortet seit {time:g} s nicht</translation>
    </message>
    <message>
        <source>it failed</source>
        <translation>sie fehlschlug</translation>
    </message>
    <message>
        <source>it goes without pictures</source>
        <translation>es kommt ohne Bilder aus</translation>
    </message>
    <message>
        <source>it has no bones</source>
        <translation>es hat keine Knochen</translation>
    </message>
    <message>
        <source>it has no markers</source>
        <translation>es hat keine Marker</translation>
    </message>
    <message>
        <source>it holds the video</source>
        <translation>es enthält das Video</translation>
    </message>
    <message>
        <source>it is always a file a person</source>
        <translation>es ist immer eine Datei je Person</translation>
    </message>
    <message>
        <source>it was to last {time}</source>
        <translation>sie {time} dauern sollte</translation>
    </message>
    <message>
        <source>it {reason}</source>
        <translation>sie {reason}</translation>
    </message>
    <message>
        <source>its angles have OpenSim&apos;s names</source>
        <translation>seine Winkel haben die Namen von OpenSim</translation>
    </message>
    <message>
        <source>its bones have VRM&apos;s names</source>
        <translation>seine Knochen haben die Namen von VRM</translation>
    </message>
    <message>
        <source>its end</source>
        <translation>zum Ende</translation>
    </message>
    <message>
        <source>its files are frames, with everybody</source>
        <translation>seine Dateien sind Bilder, mit allen</translation>
    </message>
    <message>
        <source>its pictures are damaged: {problem}</source>
        <translation>ihre Bilder sind beschädigt: {problem}</translation>
    </message>
    <message>
        <source>its time alone</source>
        <translation>nur die Uhrzeit</translation>
    </message>
    <message>
        <source>joint {joint:.0f} % · person {person:.0f} %</source>
        <translation>Gelenk {joint:.0f} % · Person {person:.0f} %</translation>
    </message>
    <message>
        <source>knee</source>
        <translation>Knie</translation>
    </message>
    <message>
        <source>latency</source>
        <translation>Latenz</translation>
    </message>
    <message>
        <source>left</source>
        <translation>links</translation>
    </message>
    <message>
        <source>left ankle</source>
        <translation>linker Knöchel</translation>
    </message>
    <message>
        <source>left ear</source>
        <translation>linkes Ohr</translation>
    </message>
    <message>
        <source>left elbow</source>
        <translation>linker Ellbogen</translation>
    </message>
    <message>
        <source>left eye</source>
        <translation>linkes Auge</translation>
    </message>
    <message>
        <source>left hand</source>
        <translation>linke Hand</translation>
    </message>
    <message>
        <source>left hip</source>
        <translation>linke Hüfte</translation>
    </message>
    <message>
        <source>left knee</source>
        <translation>linkes Knie</translation>
    </message>
    <message>
        <source>left shoulder</source>
        <translation>linke Schulter</translation>
    </message>
    <message>
        <source>left toe</source>
        <translation>linke Zehe</translation>
    </message>
    <message>
        <source>left wrist</source>
        <translation>linkes Handgelenk</translation>
    </message>
    <message>
        <source>length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>live</source>
        <translation>live</translation>
    </message>
    <message>
        <source>marker</source>
        <translation>Marke</translation>
    </message>
    <message>
        <source>microphone {name} cannot be opened: {error}</source>
        <translation>Mikrofon {name} lässt sich nicht öffnen: {error}</translation>
    </message>
    <message>
        <source>microphones cannot be listed: {error}</source>
        <translation>Mikrofone lassen sich nicht auflisten: {error}</translation>
    </message>
    <message>
        <source>move; double click for all of it</source>
        <translation>verschieben; Doppelklick für alles</translation>
    </message>
    <message>
        <source>name, score and place</source>
        <translation>Name, Konfidenz und Ort</translation>
    </message>
    <message>
        <source>neck</source>
        <translation>Hals</translation>
    </message>
    <message>
        <source>network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message>
        <source>no NVIDIA driver</source>
        <translation>kein NVIDIA-Treiber</translation>
    </message>
    <message>
        <source>no OpenGL context could be made</source>
        <translation>es ließ sich kein OpenGL-Kontext erzeugen</translation>
    </message>
    <message>
        <source>no annotation</source>
        <translation>keine Annotation</translation>
    </message>
    <message>
        <source>no image found at {path}; looked for {suffixes}</source>
        <translation>kein Bild in {path} gefunden; gesucht: {suffixes}</translation>
    </message>
    <message>
        <source>no image of {name} can be decoded</source>
        <translation>kein Bild von {name} lässt sich dekodieren</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>keine Grenze</translation>
    </message>
    <message>
        <source>no person has the id {ids}</source>
        <translation>niemand hat die Nummer {ids}</translation>
    </message>
    <message>
        <source>no picture of {location} can be decoded</source>
        <translation>kein Bild von {location} lässt sich dekodieren</translation>
    </message>
    <message>
        <source>no result</source>
        <translation>kein Ergebnis</translation>
    </message>
    <message>
        <source>no row</source>
        <translation>keine Zeile</translation>
    </message>
    <message>
        <source>no rows</source>
        <translation>keine Zeilen</translation>
    </message>
    <message>
        <source>no sound</source>
        <translation>kein Ton</translation>
    </message>
    <message>
        <source>no video</source>
        <translation>ohne Video</translation>
    </message>
    <message>
        <source>no views yet</source>
        <translation>noch keine Ansichten</translation>
    </message>
    <message>
        <source>no virtual camera could be opened: {error}</source>
        <translation>es ließ sich keine virtuelle Kamera öffnen: {error}</translation>
    </message>
    <message>
        <source>nobody</source>
        <translation>niemand</translation>
    </message>
    <message>
        <source>nobody receives</source>
        <translation>niemand empfängt</translation>
    </message>
    <message>
        <source>nobody was there for {time_s:g} s</source>
        <translation>{time_s:g} s lang niemand da war</translation>
    </message>
    <message>
        <source>nose</source>
        <translation>Nase</translation>
    </message>
    <message>
        <source>not calibrated</source>
        <translation>nicht kalibriert</translation>
    </message>
    <message>
        <source>not in the frame&apos;s list</source>
        <translation>nicht in der Liste des Bildes</translation>
    </message>
    <message>
        <source>not in the scene</source>
        <translation>nicht in der Szene</translation>
    </message>
    <message>
        <source>not seen</source>
        <translation>nicht zu sehen</translation>
    </message>
    <message>
        <source>not seen now</source>
        <translation>jetzt nicht zu sehen</translation>
    </message>
    <message>
        <source>nothing can be read of {path}: what it says of itself is damaged</source>
        <translation>nichts von {path} ist lesbar: Was die Datei über sich sagt, ist beschädigt</translation>
    </message>
    <message>
        <source>nothing is drawn</source>
        <translation>nichts wird gezeichnet</translation>
    </message>
    <message>
        <source>now</source>
        <translation>jetzt</translation>
    </message>
    <message>
        <source>of a newer version</source>
        <translation>einer neueren Version</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>one look at everybody</source>
        <translation>ein Blick auf alle</translation>
    </message>
    <message>
        <source>only films hide faces (record with --faces for all formats)</source>
        <translation>nur Filme verbergen Gesichter (für alle Formate mit --faces aufnehmen)</translation>
    </message>
    <message>
        <source>only what was seen is drawn</source>
        <translation>nur was zu sehen war, wird gezeichnet</translation>
    </message>
    <message>
        <source>open it</source>
        <translation>öffnen</translation>
    </message>
    <message>
        <source>or</source>
        <translation>oder</translation>
    </message>
    <message>
        <source>orbit</source>
        <translation>kreisen</translation>
    </message>
    <message>
        <source>other</source>
        <translation>Rest</translation>
    </message>
    <message>
        <source>pan</source>
        <translation>verschieben</translation>
    </message>
    <message>
        <source>pelvis</source>
        <translation>Becken</translation>
    </message>
    <message>
        <source>people</source>
        <translation>Personen</translation>
    </message>
    <message>
        <source>people of {number} joints do not fit into a session of people of {recorded}; after a change of the model begin another recording</source>
        <translation>Personen mit {number} Gelenken passen nicht in eine Sitzung von Personen mit {recorded}; nach einem Wechsel des Modells eine neue Aufnahme beginnen</translation>
    </message>
    <message>
        <source>people {people}</source>
        <translation>Personen {people}</translation>
    </message>
    <message>
        <source>perhaps the same</source>
        <translation>vielleicht dieselbe</translation>
    </message>
    <message>
        <source>pictures dropped</source>
        <translation>Bilder verworfen</translation>
    </message>
    <message>
        <source>pictures of another size</source>
        <translation>Bilder anderer Größe</translation>
    </message>
    <message>
        <source>pip install pyvirtualcam (GPL, not part of this application); and on Linux v4l2loopback, elsewhere OBS</source>
        <translation>pip install pyvirtualcam (GPL, nicht Teil dieser Anwendung); dazu unter Linux v4l2loopback, sonst OBS</translation>
    </message>
    <message>
        <source>pixels belong to the picture</source>
        <translation>Pixel gehören zum Bild</translation>
    </message>
    <message>
        <source>precise</source>
        <translation>genau</translation>
    </message>
    <message>
        <source>raw</source>
        <translation>rohe</translation>
    </message>
    <message>
        <source>received</source>
        <translation>empfangen</translation>
    </message>
    <message>
        <source>recording began</source>
        <translation>Aufnahme begann</translation>
    </message>
    <message>
        <source>recording ended</source>
        <translation>Aufnahme endete</translation>
    </message>
    <message>
        <source>refined</source>
        <translation>verfeinerte</translation>
    </message>
    <message>
        <source>refining was cancelled; the session is as it was</source>
        <translation>Verfeinern wurde abgebrochen; die Sitzung ist, wie sie war</translation>
    </message>
    <message>
        <source>repaired</source>
        <translation>repariert</translation>
    </message>
    <message>
        <source>resize</source>
        <translation>Skalieren</translation>
    </message>
    <message>
        <source>right</source>
        <translation>rechts</translation>
    </message>
    <message>
        <source>right ankle</source>
        <translation>rechter Knöchel</translation>
    </message>
    <message>
        <source>right ear</source>
        <translation>rechtes Ohr</translation>
    </message>
    <message>
        <source>right elbow</source>
        <translation>rechter Ellbogen</translation>
    </message>
    <message>
        <source>right eye</source>
        <translation>rechtes Auge</translation>
    </message>
    <message>
        <source>right hand</source>
        <translation>rechte Hand</translation>
    </message>
    <message>
        <source>right hip</source>
        <translation>rechte Hüfte</translation>
    </message>
    <message>
        <source>right knee</source>
        <translation>rechtes Knie</translation>
    </message>
    <message>
        <source>right shoulder</source>
        <translation>rechte Schulter</translation>
    </message>
    <message>
        <source>right toe</source>
        <translation>rechte Zehe</translation>
    </message>
    <message>
        <source>right wrist</source>
        <translation>rechtes Handgelenk</translation>
    </message>
    <message>
        <source>rtsp://…  or  http://…</source>
        <translation>rtsp://…  oder  http://…</translation>
    </message>
    <message>
        <source>scaled to nothing</source>
        <translation>auf nichts verkleinert</translation>
    </message>
    <message>
        <source>session {folder} was recorded without its pictures</source>
        <translation>Sitzung {folder} wurde ohne ihre Bilder aufgezeichnet</translation>
    </message>
    <message>
        <source>settings changed</source>
        <translation>Einstellungen geändert</translation>
    </message>
    <message>
        <source>shoulder</source>
        <translation>Schulter</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>ausgelassen</translation>
    </message>
    <message>
        <source>sound needs the package sounddevice: pip install &quot;das-capture[sound]&quot;, and on Linux sudo apt-get install libportaudio2</source>
        <translation>Ton braucht das Paket sounddevice: pip install &quot;das-capture[sound]&quot;, unter Linux dazu sudo apt-get install libportaudio2</translation>
    </message>
    <message>
        <source>source back</source>
        <translation>Quelle wieder da</translation>
    </message>
    <message>
        <source>source lost</source>
        <translation>Quelle verloren</translation>
    </message>
    <message>
        <source>source {spec} is neither the index or name of a camera, nor {demo}, nor an address such as rtsp://host/path, nor an existing file or folder</source>
        <translation>Quelle {spec} ist weder Nummer oder Name einer Kamera noch {demo} noch eine Adresse wie rtsp://host/path noch eine vorhandene Datei oder ein Ordner</translation>
    </message>
    <message>
        <source>speed</source>
        <translation>Geschwindigkeit</translation>
    </message>
    <message>
        <source>spine</source>
        <translation>Wirbelsäule</translation>
    </message>
    <message>
        <source>stopped by remote control</source>
        <translation>sie ferngesteuert beendet wurde</translation>
    </message>
    <message>
        <source>strong</source>
        <translation>stark</translation>
    </message>
    <message>
        <source>the Qt platform &apos;{platform}&apos; has no OpenGL</source>
        <translation>die Qt-Plattform „{platform}“ hat kein OpenGL</translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation>der Datenträger voll ist</translation>
    </message>
    <message>
        <source>the disk of {folder} is full</source>
        <translation>der Datenträger von {folder} ist voll</translation>
    </message>
    <message>
        <source>the file ends, another begins</source>
        <translation>die Datei endet, eine neue beginnt</translation>
    </message>
    <message>
        <source>the pose is bridged</source>
        <translation>die Pose wird überbrückt</translation>
    </message>
    <message>
        <source>the recorded pictures</source>
        <translation>die aufgezeichneten Bilder</translation>
    </message>
    <message>
        <source>the recorded times</source>
        <translation>die aufgezeichneten Zeiten</translation>
    </message>
    <message>
        <source>the source failed</source>
        <translation>die Quelle ausgefallen ist</translation>
    </message>
    <message>
        <source>the source is over</source>
        <translation>die Quelle zu Ende ist</translation>
    </message>
    <message>
        <source>the source was closed</source>
        <translation>die Quelle geschlossen wurde</translation>
    </message>
    <message>
        <source>the time jumped</source>
        <translation>die Uhr sprang</translation>
    </message>
    <message>
        <source>the virtual camera is gone: {error}</source>
        <translation>die virtuelle Kamera ist fort: {error}</translation>
    </message>
    <message>
        <source>the virtual camera needs a package of its own: {advice}</source>
        <translation>die virtuelle Kamera braucht ein eigenes Paket: {advice}</translation>
    </message>
    <message>
        <source>the whole of {address} is not kept, as it may hold a password; enter it again. With the package `keyring` the system&apos;s key ring keeps it</source>
        <translation>die vollständige Adresse {address} wird nicht gemerkt, da sie ein Passwort enthalten kann; bitte neu eingeben. Mit dem Paket `keyring` merkt sie der Schlüsselbund des Systems</translation>
    </message>
    <message>
        <source>the window was closed</source>
        <translation>das Fenster geschlossen wurde</translation>
    </message>
    <message>
        <source>there is a session {name} already</source>
        <translation>es gibt schon eine Sitzung {name}</translation>
    </message>
    <message>
        <source>there is no microphone {name}</source>
        <translation>es gibt kein Mikrofon {name}</translation>
    </message>
    <message>
        <source>there is no {node}; `das-app devices` lists what there is</source>
        <translation>es gibt kein {node}; `das-app devices` zeigt, was es gibt</translation>
    </message>
    <message>
        <source>this ONNX Runtime has no CUDA</source>
        <translation>diese ONNX Runtime hat kein CUDA</translation>
    </message>
    <message>
        <source>this ONNX Runtime has no TensorRT</source>
        <translation>diese ONNX Runtime hat kein TensorRT</translation>
    </message>
    <message>
        <source>today</source>
        <translation>heute</translation>
    </message>
    <message>
        <source>toe</source>
        <translation>Zehe</translation>
    </message>
    <message>
        <source>two different people are needed, got {number} twice</source>
        <translation>zwei verschiedene Personen werden gebraucht, zweimal {number} angegeben</translation>
    </message>
    <message>
        <source>video file {location} does not exist</source>
        <translation>Videodatei {location} gibt es nicht</translation>
    </message>
    <message>
        <source>video stopped</source>
        <translation>Video endete</translation>
    </message>
    <message>
        <source>wait</source>
        <translation>Warten</translation>
    </message>
    <message>
        <source>whoever was seen is drawn</source>
        <translation>wer zu sehen war, wird gezeichnet</translation>
    </message>
    <message>
        <source>with pictures</source>
        <translation>mit Bildern</translation>
    </message>
    <message>
        <source>with video</source>
        <translation>mit Video</translation>
    </message>
    <message>
        <source>without video</source>
        <translation>ohne Video</translation>
    </message>
    <message>
        <source>wrist</source>
        <translation>Handgelenk</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>gestern</translation>
    </message>
    <message>
        <source>your user may not read {node}; add it to the group `video` and log in again</source>
        <translation>dieser Benutzer darf {node} nicht lesen; ihn zur Gruppe `video` hinzufügen und neu anmelden</translation>
    </message>
    <message>
        <source>zoom</source>
        <translation>zoomen</translation>
    </message>
    <message>
        <source>{control} by itself</source>
        <translation>{control} automatisch</translation>
    </message>
    <message>
        <source>{error}.</source>
        <translation>{error}.</translation>
    </message>
    <message>
        <source>{floor} (tilt ±{tilt:.0f}°, height ±{height_cm:.0f} cm)</source>
        <translation>{floor} (Neigung ±{tilt:.0f}°, Höhe ±{height_cm:.0f} cm)</translation>
    </message>
    <message>
        <source>{folder} cannot be made: {error}</source>
        <translation>{folder} lässt sich nicht anlegen: {error}</translation>
    </message>
    <message>
        <source>{folder} cannot be repaired: {error}</source>
        <translation>{folder} lässt sich nicht reparieren: {error}</translation>
    </message>
    <message>
        <source>{folder} cannot be written: {error}</source>
        <translation>{folder} lässt sich nicht schreiben: {error}</translation>
    </message>
    <message>
        <source>{folder} cannot be written: {reason}</source>
        <translation>{folder} lässt sich nicht schreiben: {reason}</translation>
    </message>
    <message>
        <source>{folder} has no person {number}; it has {there}</source>
        <translation>{folder} hat keine Person {number}; es gibt {there}</translation>
    </message>
    <message>
        <source>{folder} has no video to draw on</source>
        <translation>{folder} hat kein Video, auf das gezeichnet werden könnte</translation>
    </message>
    <message>
        <source>{folder} holds a session already; name another folder</source>
        <translation>{folder} enthält schon eine Sitzung; einen anderen Ordner angeben</translation>
    </message>
    <message>
        <source>{folder} holds files of others ({file}, ...); choose another name</source>
        <translation>{folder} enthält fremde Dateien ({file}, ...); einen anderen Namen wählen</translation>
    </message>
    <message>
        <source>{folder} holds no frames</source>
        <translation>{folder} enthält keine Bilder</translation>
    </message>
    <message>
        <source>{folder} holds no session any more</source>
        <translation>{folder} enthält keine Sitzung mehr</translation>
    </message>
    <message>
        <source>{folder} holds no session: there is no {file}</source>
        <translation>{folder} enthält keine Sitzung: {file} fehlt</translation>
    </message>
    <message>
        <source>{folder} is a file; this format is a folder</source>
        <translation>{folder} ist eine Datei; dieses Format ist ein Ordner</translation>
    </message>
    <message>
        <source>{folder} is not empty; choose another name, or --force</source>
        <translation>{folder} ist nicht leer; einen anderen Namen wählen, oder --force</translation>
    </message>
    <message>
        <source>{folder} is not refined; `das-app refine {folder}` does that</source>
        <translation>{folder} ist nicht verfeinert; das macht `das-app refine {folder}`</translation>
    </message>
    <message>
        <source>{folder} is still being recorded; end the recording, or try again in a while</source>
        <translation>{folder} wird noch aufgenommen; die Aufnahme beenden oder es später versuchen</translation>
    </message>
    <message>
        <source>{folder} lacks the poses at {time_s:.3f} s</source>
        <translation>{folder} fehlen die Posen bei {time_s:.3f} s</translation>
    </message>
    <message>
        <source>{folder} needs no repair</source>
        <translation>{folder} braucht keine Reparatur</translation>
    </message>
    <message>
        <source>{folder} was not closed properly; `das-app repair {folder}` puts it together</source>
        <translation>{folder} wurde nicht richtig geschlossen; `das-app repair {folder}` setzt sie zusammen</translation>
    </message>
    <message>
        <source>{folder} was put together, but cannot be read back</source>
        <translation>{folder} wurde zusammengesetzt, lässt sich aber nicht lesen</translation>
    </message>
    <message>
        <source>{folder}: a steady rate over its whole time makes {num_rows:.0f} frames, more than {most}; trim the session to a part of it, or name a lower rate</source>
        <translation>{folder}: Eine gleichmäßige Rate über die ganze Zeit ergibt {num_rows:.0f} Bilder, mehr als {most}; die Sitzung schneiden oder eine niedrigere Rate angeben</translation>
    </message>
    <message>
        <source>{folder}: person {number} is not there, or has no height</source>
        <translation>{folder}: Person {number} gibt es nicht, oder sie hat keine Größe</translation>
    </message>
    <message>
        <source>{folder}: {error}</source>
        <translation>{folder}: {error}</translation>
    </message>
    <message>
        <source>{fps:.1f} frames/s</source>
        <translation>{fps:.1f} Bilder/s</translation>
    </message>
    <message>
        <source>{frames} at {fps:g} fps, {layer} poses, {whom}</source>
        <translation>{frames} mit {fps:g} fps, {layer} Posen, {whom}</translation>
    </message>
    <message>
        <source>{joint} to {other}</source>
        <translation>{joint} bis {other}</translation>
    </message>
    <message>
        <source>{least} characters at least; it is not kept</source>
        <translation>mindestens {least} Zeichen; es wird nicht gemerkt</translation>
    </message>
    <message>
        <source>{name}
{time}, {frames}, {video}, from {source}</source>
        <translation>{name}
{time}, {frames}, {video}, aus {source}</translation>
    </message>
    <message>
        <source>{name} (not there)</source>
        <translation>{name} (nicht da)</translation>
    </message>
    <message>
        <source>{name} cannot be deleted: {reason}</source>
        <translation>{name} lässt sich nicht löschen: {reason}</translation>
    </message>
    <message>
        <source>{name} cannot be opened as a video: {reason}</source>
        <translation>{name} lässt sich nicht als Video öffnen: {reason}</translation>
    </message>
    <message>
        <source>{name} cannot be opened: {problem}</source>
        <translation>{name} lässt sich nicht öffnen: {problem}</translation>
    </message>
    <message>
        <source>{name} cannot be read on: {reason}</source>
        <translation>{name} lässt sich nicht weiterlesen: {reason}</translation>
    </message>
    <message>
        <source>{name} cannot be renamed: {reason}</source>
        <translation>{name} lässt sich nicht umbenennen: {reason}</translation>
    </message>
    <message>
        <source>{name} cannot be written</source>
        <translation>{name} lässt sich nicht schreiben</translation>
    </message>
    <message>
        <source>{name} could not be repaired: {problem}</source>
        <translation>{name} ließ sich nicht reparieren: {problem}</translation>
    </message>
    <message>
        <source>{name} has no picture track</source>
        <translation>{name} hat keine Bildspur</translation>
    </message>
    <message>
        <source>{name} is being recorded</source>
        <translation>{name} wird gerade aufgenommen</translation>
    </message>
    <message>
        <source>{name} is live: frame {index} cannot be sought</source>
        <translation>{name} ist live: Bild {index} lässt sich nicht ansteuern</translation>
    </message>
    <message>
        <source>{name} is lost: {reason}. Waiting for it to come back</source>
        <translation>{name} ist verloren: {reason}. Warten, bis sie zurückkommt</translation>
    </message>
    <message>
        <source>{name} is open; close it first.</source>
        <translation>{name} ist geöffnet; zuerst schließen.</translation>
    </message>
    <message>
        <source>{name} is repaired: {time}, {frames}, {video}{damage}.</source>
        <translation>{name} ist repariert: {time}, {frames}, {video}{damage}.</translation>
    </message>
    <message>
        <source>{name} repeats one picture. Opening it anew</source>
        <translation>{name} wiederholt ein Bild. Wird neu geöffnet</translation>
    </message>
    <message>
        <source>{name} — DAS Capture</source>
        <translation>{name} — DAS Capture</translation>
    </message>
    <message>
        <source>{name}: no place can be sought, got frame {index}</source>
        <translation>{name}: Keine Stelle lässt sich ansteuern, verlangt war Bild {index}</translation>
    </message>
    <message>
        <source>{new} could not be read back</source>
        <translation>{new} ließ sich nicht lesen</translation>
    </message>
    <message>
        <source>{number} damaged pictures left out: {problem}</source>
        <translation>{number} beschädigte Bilder ausgelassen: {problem}</translation>
    </message>
    <message>
        <source>{number} dropped</source>
        <translation>{number} verworfen</translation>
    </message>
    <message>
        <source>{number} frames</source>
        <translation>{number} Bilder</translation>
    </message>
    <message>
        <source>{number} of {total}</source>
        <translation>{number} von {total}</translation>
    </message>
    <message>
        <source>{number} people are below the confidence: lower it to see them.</source>
        <translation>{number} Personen liegen unter der Konfidenz: sie senken, um sie zu sehen.</translation>
    </message>
    <message>
        <source>{number} people seen for less than {least_s:.3g} s ({people})</source>
        <translation>{number} Personen kürzer als {least_s:.3g} s zu sehen ({people})</translation>
    </message>
    <message>
        <source>{number} person seen for less than {least_s:.3g} s ({people})</source>
        <translation>{number} Person kürzer als {least_s:.3g} s zu sehen ({people})</translation>
    </message>
    <message>
        <source>{number} sightings without a track</source>
        <translation>{number} Sichtungen ohne Spur</translation>
    </message>
    <message>
        <source>{parent} is no folder</source>
        <translation>{parent} ist kein Ordner</translation>
    </message>
    <message>
        <source>{path} cannot be used ({error}); without it the session opens with no names and untrimmed</source>
        <translation>{path} ist nicht brauchbar ({error}); ohne sie öffnet sich die Sitzung ohne Namen und ungeschnitten</translation>
    </message>
    <message>
        <source>{path} cannot be written: {error}</source>
        <translation>{path} lässt sich nicht schreiben: {error}</translation>
    </message>
    <message>
        <source>{path} cannot be written: {reason}</source>
        <translation>{path} lässt sich nicht schreiben: {reason}</translation>
    </message>
    <message>
        <source>{path} could not be written.</source>
        <translation>{path} ließ sich nicht schreiben.</translation>
    </message>
    <message>
        <source>{path} holds no events of ours: {error}</source>
        <translation>{path} enthält keine Ereignisse von uns: {error}</translation>
    </message>
    <message>
        <source>{path} holds no session. A session is a folder with the file {file}.</source>
        <translation>{path} enthält keine Sitzung. Eine Sitzung ist ein Ordner mit der Datei {file}.</translation>
    </message>
    <message>
        <source>{path} is a folder of videos; name one of them, or make a session of each with `das-app capture`</source>
        <translation>{path} ist ein Ordner mit Videos; eines davon angeben, oder mit `das-app capture` aus jedem eine Sitzung machen</translation>
    </message>
    <message>
        <source>{path} is there already; choose another name, or --force</source>
        <translation>{path} gibt es schon; einen anderen Namen wählen, oder --force</translation>
    </message>
    <message>
        <source>{path} is unreadable: {error}</source>
        <translation>{path} ist unlesbar: {error}</translation>
    </message>
    <message>
        <source>{path}: files of this format end in {suffix}, not {other}</source>
        <translation>{path}: Dateien dieses Formats enden auf {suffix}, nicht {other}</translation>
    </message>
    <message>
        <source>{path}: video</source>
        <translation>{path}: Video</translation>
    </message>
    <message>
        <source>{path}: {summary}</source>
        <translation>{path}: {summary}</translation>
    </message>
    <message>
        <source>{people}: the model is less sure of them</source>
        <translation>{people}: Das Modell ist ihrer weniger sicher</translation>
    </message>
    <message>
        <source>{problem}: people stand on a plain picture.</source>
        <translation>{problem}: Personen stehen auf einer leeren Fläche.</translation>
    </message>
    <message>
        <source>{room} free</source>
        <translation>{room} frei</translation>
    </message>
    <message>
        <source>{session} has no video, so no model or mode can be run on it</source>
        <translation>{session} hat kein Video, darum kann kein Modell und kein Modus darauf laufen</translation>
    </message>
    <message>
        <source>{session} holds nobody, so there is nothing to refine</source>
        <translation>{session} enthält niemanden, also gibt es nichts zu verfeinern</translation>
    </message>
    <message>
        <source>{session} holds people of {num_joints} joints; {model_name} finds {found}</source>
        <translation>{session} enthält Personen mit {num_joints} Gelenken; {model_name} findet {found}</translation>
    </message>
    <message>
        <source>{share:.0f} % doubled</source>
        <translation>{share:.0f} % doppelt</translation>
    </message>
    <message>
        <source>{size} at {rate:g}</source>
        <translation>{size} mit {rate:g}</translation>
    </message>
    <message>
        <source>{size}{rate}, as asked</source>
        <translation>{size}{rate}, wie gewünscht</translation>
    </message>
    <message numerus="yes">
        <source>{start} to {end}, %Ln frame(s)</source>
        <translation>
            <numerusform>{start} bis {end}, %Ln Bild</numerusform>
            <numerusform>{start} bis {end}, %Ln Bilder</numerusform>
        </translation>
    </message>
    <message>
        <source>{start} to {end}, of {length}</source>
        <translation>{start} bis {end}, von {length}</translation>
    </message>
    <message>
        <source>{time_ms:.0f} ms a picture, measured</source>
        <translation>{time_ms:.0f} ms je Bild, gemessen</translation>
    </message>
    <message>
        <source>{time}  #{number} may be #{perhaps}</source>
        <translation>{time}  #{number} ist vielleicht #{perhaps}</translation>
    </message>
    <message>
        <source>{told}; floor: {floor}</source>
        <translation>{told}; Boden: {floor}</translation>
    </message>
    <message>
        <source>{told}; left out: {people}</source>
        <translation>{told}; ausgelassen: {people}</translation>
    </message>
    <message>
        <source>{units}. Frames: {frames}. Somebody not seen: {gaps}.</source>
        <translation>{units}. Bilder: {frames}. Wer nicht zu sehen ist: {gaps}.</translation>
    </message>
    <message>
        <source>{what}, measured
Between frames: median {median_ms:.1f} ms, 95 % within {most_ms:.1f} ms, {doubled}</source>
        <translation>{what}, gemessen
Zwischen Bildern: Median {median_ms:.1f} ms, 95 % innerhalb von {most_ms:.1f} ms, {doubled}</translation>
    </message>
    <message>
        <source>{what}: {counts}
{lost} more lost by the source</source>
        <translation>{what}: {counts}
{lost} weitere gingen in der Quelle verloren</translation>
    </message>
    <message>
        <source>{words}; together {latency_ms:.0f} ms</source>
        <translation>{words}; zusammen {latency_ms:.0f} ms</translation>
    </message>
</context>
</TS>
